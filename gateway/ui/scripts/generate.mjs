// Types and field limits out of ../openapi.json. Does nothing when they were made from this document.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const from = new URL('../../openapi.json', import.meta.url)
const into = (name) => new URL(`../src/api/${name}`, import.meta.url)
const text = readFileSync(from, 'utf8')
const script = readFileSync(new URL(import.meta.url), 'utf8')
const head = `// Made from gateway/openapi.json: ${createHash('sha256').update(text).update(script).digest('hex').slice(0, 16)}\n`
const made = ['schema.d.ts', 'constraints.ts'].map(into)

if (!made.every((file) => existsSync(file) && readFileSync(file, 'utf8').startsWith(head))) {
  const document = JSON.parse(text)
  writeFileSync(made[0], head + astToString(await openapiTS(document)))
  writeFileSync(made[1], head + constraints(document))
}

function constraints(document) {
  const wanted = asked(document)
  const bodies = Object.entries(document.components.schemas).filter(([name]) => wanted.has(name))
  const limits = Object.fromEntries(bodies.map(([name, schema]) => [name, limitsOf(schema)]))
  return `export const constraints = ${JSON.stringify(limits, null, 1)} as const\n`
}

function operations(document) {
  return Object.values(document.paths).flatMap((path) => Object.values(path))
}

/** Names of the schemas that requests are made of. */
function asked(document) {
  const found = new Set()
  const look = (value) => {
    if (value === null || typeof value !== 'object') return
    const name = typeof value.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined
    if (name !== undefined && !found.has(name)) {
      found.add(name)
      look(document.components.schemas[name])
    }
    Object.values(value).forEach(look)
  }
  operations(document).forEach((operation) => look(operation.requestBody))
  return found
}

function limitsOf({ properties = {}, required = [] }) {
  const fields = Object.entries(properties).map(([name, schema]) => [name, fieldOf(schema, required.includes(name))])
  return Object.fromEntries(fields.filter(([, field]) => Object.keys(field).length > 0))
}

function fieldOf(schema, required) {
  const { minLength, maxLength, pattern, minimum, maximum, exclusiveMinimum, format } = (schema.anyOf ?? [schema])[0]
  const field = { required: required || undefined, minLength, maxLength, pattern, minimum, maximum, exclusiveMinimum }
  if (format === 'email') field.format = format
  return JSON.parse(JSON.stringify(field))
}
