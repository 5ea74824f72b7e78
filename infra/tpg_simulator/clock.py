"""The simulator's own clock: Singapore time that a test can set, freeze and move."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

SINGAPORE = ZoneInfo("Asia/Singapore")


class ClockSetting(BaseModel):
    """How far the clock stands off the wall, or at which instant it is frozen."""

    model_config = ConfigDict(frozen=True)

    offset: timedelta = timedelta()
    frozen_at: AwareDatetime | None = None


class MovableClock:
    """Wall clock until told otherwise; every rule about "past" and "future" asks here."""

    def __init__(self, setting: ClockSetting | None = None) -> None:
        self.setting = setting or ClockSetting()

    def now(self) -> datetime:
        return self.setting.frozen_at or datetime.now(UTC) + self.setting.offset

    def singapore_now(self) -> datetime:
        return self.now().astimezone(SINGAPORE)

    def singapore_today(self) -> date:
        return self.singapore_now().date()

    def set(self, instant: datetime, *, frozen: bool) -> ClockSetting:
        if frozen:
            self.setting = ClockSetting(frozen_at=instant)
        else:
            self.setting = ClockSetting(offset=instant - datetime.now(UTC))
        return self.setting

    def advance(self, step: timedelta) -> ClockSetting:
        if self.setting.frozen_at is not None:
            self.setting = ClockSetting(frozen_at=self.setting.frozen_at + step)
        else:
            self.setting = ClockSetting(offset=self.setting.offset + step)
        return self.setting

    def reset(self) -> ClockSetting:
        self.setting = ClockSetting()
        return self.setting
