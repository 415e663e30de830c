// Judges FHIR by the package `fhir`: one bundle a line of standard input. Prints what is wrong, and the number of bundles
// and of resources by type.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { Fhir } = createRequire(import.meta.url)('fhir')
const fhir = new Fhir()
const seen = { Bundle: 0 }
for await (const line of createInterface({ input: process.stdin })) {
  if (line === '' || line.startsWith('--')) continue
  const bundle = JSON.parse(line)
  seen.Bundle++
  // What the definitions do not know is a fault too: a misspelt field is otherwise passed over.
  for (const what of [bundle, ...(bundle.entry ?? []).map(e => e.resource)]) {
    const result = fhir.validate(what, { errorOnUnexpected: true })
    for (const m of result.messages.filter(m => m.severity !== 'info'))
      console.log(`${what.resourceType}: ${m.severity}: ${m.location ?? ''}: ${m.message}`)
    if (!result.valid) console.log(`${what.resourceType}: not valid`)
  }
  for (const e of bundle.entry ?? []) seen[e.resource.resourceType] = (seen[e.resource.resourceType] ?? 0) + 1
}
console.log(Object.entries(seen).map(([k, n]) => `${k} ${n}`).join(', '))
