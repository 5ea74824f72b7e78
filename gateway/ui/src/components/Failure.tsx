import { Button } from '@mantine/core'
import { asProblem } from '~/api/problem'
import { ProblemContent } from './notices'

/** A page, or a part of one, that could not be read: the same words as a notice, and a way to try again. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <div className="panel" role="alert">
      <ProblemContent problem={asProblem(error)} />
      {again !== undefined && (
        <Button variant="default" mt={8} onClick={again}>
          Try again
        </Button>
      )}
    </div>
  )
}
