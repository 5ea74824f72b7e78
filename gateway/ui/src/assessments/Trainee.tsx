import { queries, type Schema } from '~/api/client'

const MOST = 200

type Person = Pick<
  Schema['EnrolmentSummary'],
  'id' | 'trainee_name' | 'trainee_id_number' | 'status' | 'trainee_erased'
>

/** Everybody enrolled in a run, by enrolment; one question a run, whoever of it is shown. */
export function usePeople(runId: string): { people: Map<string, Person>; pending: boolean } {
  const query = { run_id: runId, limit: MOST }
  const { data, isPending } = queries.useQuery('get', '/api/v1/enrolments', { params: { query } })
  return { people: new Map(data?.items.map((person) => [person.id, person])), pending: isPending }
}

/** Whose result it is; the assessment itself holds no name. */
export function useTrainee(of: { run_id: string; enrolment_id: string }): { name: string; pending: boolean } {
  const { people, pending } = usePeople(of.run_id)
  return { name: people.get(of.enrolment_id)?.trainee_name ?? 'Trainee', pending }
}

export function Trainee({ of }: { of: { run_id: string; enrolment_id: string } }) {
  const { name, pending } = useTrainee(of)
  return <span data-reading={pending || undefined}>{name}</span>
}
