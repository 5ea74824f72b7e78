import { Check } from 'lucide-react'
import styles from './Steps.module.css'

const STEPS = ['Upload', 'Check', 'Done'] as const
export type Step = (typeof STEPS)[number]

/** How far the import is. Nothing is written before Check is accepted. */
export function Steps({ at }: { at: Step }) {
  const here = STEPS.indexOf(at)
  return (
    <ol className={styles.steps} aria-label="Steps">
      {STEPS.map((step, index) => (
        <li key={step} data-past={index < here || undefined} aria-current={step === at ? 'step' : undefined}>
          <span className={styles.number} aria-hidden>
            {index < here ? <Check size={12} /> : index + 1}
          </span>
          {step}
        </li>
      ))}
    </ol>
  )
}
