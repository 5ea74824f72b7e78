import { instant, relative } from '~/time'

/** An instant: relative or whole, and always the whole one as its title. */
export function Moment({ at, words = relative }: { at: string; words?: (at: string) => string }) {
  return (
    <time dateTime={at} title={instant(at)}>
      {words(at)}
    </time>
  )
}
