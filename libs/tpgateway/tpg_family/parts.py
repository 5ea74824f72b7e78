"""What requests about enrolments and about assessments name alike: the course, its run, and whose it is."""

from libs.tpgateway.wire import Sent


class RunReference(Sent):
    """A run by its id, which is text in this family and a number in the course family."""

    id: str | None = None


class CourseReference(Sent):
    run: RunReference | None = None
    reference_number: str | None = None

    @classmethod
    def of_run(cls, run_id: str | None, reference_number: str | None = None) -> "CourseReference":
        return cls(run=RunReference(id=run_id), reference_number=reference_number)


class Partner(Sent):
    """The training provider; `code` is its UEN with a suffix such as `-01`."""

    uen: str | None = None
    code: str | None = None
