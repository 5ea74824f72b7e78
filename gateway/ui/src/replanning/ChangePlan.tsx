import { Button, Menu } from '@mantine/core'
import { ChevronDown } from 'lucide-react'
import { MenuAction } from '~/components/MenuAction'
import { whyNot, type Run } from '~/runs/actions'
import type { PlanChange } from '~/searches'
import { planChanges } from './changes'

/** The ways into a published run's plan; what cannot be changed now says why. */
export function ChangePlan({ run, open }: { run: Run; open: (change: PlanChange) => void }) {
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
          Change plan
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {planChanges.map(({ name, verb }) => (
          <MenuAction key={name} verb={verb} whyNot={whyNot(run, name)} act={() => open(name)} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
