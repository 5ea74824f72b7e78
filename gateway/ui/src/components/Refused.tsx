import { Text } from '@mantine/core'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import type { Permission } from '~/access'
import { Failure } from './Failure'
import { GoButton } from './links'
import { PageHeader } from './PageHeader'

/** The role cannot open this page; the permission is named, so that somebody knows what to ask for. */
export function NotForRole({ permission }: { permission: Permission }) {
  return (
    <>
      <PageHeader title="Your role cannot open this page" />
      <Text mb={12}>
        It needs the permission <b>{permission}</b>. An administrator can give you a role that has it.
      </Text>
      <GoToday />
    </>
  )
}

/** A page that could not be shown: what it needs could not be had. */
export function Refused({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <>
      <PageHeader title="This page cannot be shown" />
      <Failure error={error} again={() => void router.invalidate().finally(reset)} />
    </>
  )
}

export function NotFound() {
  return (
    <>
      <PageHeader title="There is no such page" />
      <GoToday />
    </>
  )
}

function GoToday() {
  return (
    <GoButton to="/" variant="default">
      Go to today
    </GoButton>
  )
}
