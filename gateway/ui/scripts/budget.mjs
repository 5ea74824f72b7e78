// Fails the build when what a browser must load has grown past its budget (README.md, Budgets).
import { readFileSync, statSync, existsSync } from 'node:fs'

const FIRST_LOAD_KB = 320
const PAGE_KB = 40
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const weigh = (file) => {
  const small = new URL(`${file}.br`, dist)
  return statSync(existsSync(small) ? small : new URL(file, dist)).size / 1000
}
const sum = (files) => [...new Set(files)].reduce((total, file) => total + weigh(file), 0)

function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return []
  seen.add(name)
  const { file, css = [], imports = [] } = manifest[name]
  return [file, ...css, ...imports.flatMap((inner) => filesOf(inner, seen))]
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry)
const first = new Set(filesOf(entry))
const font = manifest[entry].assets.find((file) => /inter-latin-wght-normal/.test(file))
const found = [['first load', sum([...first, font]), FIRST_LOAD_KB]]
for (const [name, { isDynamicEntry }] of Object.entries(manifest)) {
  if (isDynamicEntry) found.push([name, sum(filesOf(name).filter((file) => !first.has(file))), PAGE_KB])
}

const over = found.filter(([, size, limit]) => size > limit)
for (const [name, size, limit] of over) console.error(`${name}: ${size.toFixed(0)} kB, may have ${limit} kB`)
if (over.length > 0) process.exit(1)
const [, size] = found[0]
console.log(
  `first load ${size.toFixed(0)} of ${FIRST_LOAD_KB} kB, largest page ${Math.max(...found.slice(1).map(([, s]) => s)).toFixed(0)} of ${PAGE_KB} kB (brotli)`
)
