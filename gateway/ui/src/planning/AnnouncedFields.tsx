import { Textarea, TextInput } from '@mantine/core'
import type { Part } from './CourseSection'
import { DaysField } from './Fields'
import { wrongAt } from './useTrial'

/** What trainees read before they come: when they may register, the hours, whom to ask. */
export function AnnouncedFields({ plan, change, trial }: Omit<Part, 'choices'>) {
  return (
    <>
      <DaysField
        id="registration_opens_on"
        label="Registration"
        value={plan.registration}
        set={(registration) => change({ registration })}
        error={wrongAt(trial, 'registration_opens_on') ?? wrongAt(trial, 'registration_closes_on')}
      />
      <Textarea
        id="schedule_info"
        label="Schedule"
        description="As trainees read it: days and hours."
        required
        autosize
        maxLength={300}
        value={plan.scheduleInfo}
        onChange={(event) => change({ scheduleInfo: event.currentTarget.value })}
        error={wrongAt(trial, 'schedule_info')}
      />
      <TextInput
        id="admin_email"
        label="Contact email"
        description="The provider's own mailbox; TPGateway shows it."
        type="email"
        required
        maxLength={255}
        value={plan.adminEmail}
        onChange={(event) => change({ adminEmail: event.currentTarget.value })}
        error={wrongAt(trial, 'admin_email')}
      />
    </>
  )
}
