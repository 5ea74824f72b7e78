import { useState } from 'react'
import { Moment } from '~/components/Moment'
import { instant } from '~/time'
import { plain } from '~/words'

type Versioned = { version: number; updated_at: string }

/** The record as it was when a form over it was opened: what was typed is compared with this, whoever changes it since. */
export function useOpened<Record extends Versioned | null>(record: Record): Record {
  const [opened] = useState(record)
  return opened
}

/** Says what others have changed under an open form. Only what was typed here is written. */
export function Meanwhile({ opened, now }: { opened: Versioned | null; now: Versioned | null }) {
  if (opened === null || now === null || opened.version === now.version) return null
  const fields = differing(opened, now)
  return (
    <div className="panel" role="status" style={{ marginBottom: 12 }}>
      Changed by somebody else at <Moment at={now.updated_at} words={instant} />
      {fields.length > 0 && `: ${fields.map(plain).join(', ').toLowerCase()}`}. Saving writes only what you have changed
      here.
    </div>
  )
}

function differing(one: object, other: object): string[] {
  const after = other as Record<string, unknown>
  return Object.entries(one)
    .filter(([name, value]) => !BOOKKEEPING.includes(name) && JSON.stringify(value) !== JSON.stringify(after[name]))
    .map(([name]) => name)
}

const BOOKKEEPING = ['version', 'updated_at']
