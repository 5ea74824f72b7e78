import { Menu, Text } from '@mantine/core'

type MenuAction = { verb: string; whyNot: string | null; act: () => void }

/** One entry of a menu. It stays reachable by keyboard when it cannot be done now, so that its reason is heard too. */
export function MenuAction({ verb, whyNot, act }: MenuAction) {
  return (
    <Menu.Item
      aria-disabled={whyNot !== null}
      closeMenuOnClick={whyNot === null}
      onClick={whyNot === null ? act : undefined}
    >
      <Text size="sm" c={whyNot === null ? undefined : 'dimmed'}>
        {verb}
      </Text>
      {whyNot !== null && (
        <Text size="xs" c="dimmed">
          {whyNot}
        </Text>
      )}
    </Menu.Item>
  )
}
