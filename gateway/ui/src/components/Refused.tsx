import { Text } from '@mantine/core'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { NotForRole } from '~/access'
import { Failure } from './Failure'
import { GoButton } from './links'
import { PageHeader } from './PageHeader'

/** A page that cannot be shown: not for this role, or what it needs could not be had. */
export function Refused({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  if (error instanceof NotForRole) {
    return (
      <>
        <PageHeader title="Your role cannot open this page" />
        <Text mb={12}>
          It needs the permission <b>{error.permission}</b>. An administrator can give you a role that has it.
        </Text>
        <GoButton to="/" variant="default">
          Go to today
        </GoButton>
      </>
    )
  }
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
      <GoButton to="/" variant="default">
        Go to today
      </GoButton>
    </>
  )
}
