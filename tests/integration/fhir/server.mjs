// A FHIR R4 server of the tests: transactions with conditional creates, searches by identifier, reads, deletes. It
// breaks off as it is told to: each distinct request meets each fault once, in turn, before it is answered.
//
//   node server.mjs DIR TOKEN FAULT...   certificate DIR/cert.pem, DIR/key.pem; writes DIR/port, DIR/store.json, DIR/log
//
// Faults: lost (before the request is handled), cut (in the middle of a request with a body), unanswered (handled, no
// answer), half (handled, half of the answer), hold and hold-after (no answer, connection kept, before and after handling).
import { createServer } from 'node:https'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const [dir, token, ...faults] = process.argv.slice(2)
const in_turn = faults.filter(f => f !== 'cut')
const store = { Patient: new Map(), Encounter: new Map() }
const met = new Map()
let next = 1

const log = line => appendFileSync(`${dir}/log`, line + '\n')

function save() {
  const all = Object.values(store).flatMap(type => [...type.values()])
  writeFileSync(`${dir}/store.tmp`, JSON.stringify(all))
  renameSync(`${dir}/store.tmp`, `${dir}/store.json`)
}

function find(type, query) {
  const wanted = new URLSearchParams(query).get('identifier') ?? ''
  const bar = wanted.indexOf('|')
  const [system, value] = [wanted.slice(0, bar), wanted.slice(bar + 1)]
  return [...store[type].values()].filter(r => r.identifier.some(i => i.system === system && i.value === value))
}

function transact(bundle) {
  const ids = new Map()
  const answer = []
  for (const { fullUrl, resource, request } of bundle.entry) {
    const type = request.url
    if (request.method !== 'POST' || !(type in store)) throw new Error('unsupported entry')
    const there = find(type, request.ifNoneExist)
    if (there.length > 1) throw new Error('several match')
    if (there.length === 1) {
      ids.set(fullUrl, `${type}/${there[0].id}`)
      answer.push({ response: { status: '200 OK', location: `${type}/${there[0].id}` } })
      continue
    }
    const id = String(next++)
    ids.set(fullUrl, `${type}/${id}`)
    const copy = JSON.parse(JSON.stringify({ ...resource, id, meta: { versionId: '1' } }))
    if (copy.subject) copy.subject.reference = ids.get(copy.subject.reference) ?? copy.subject.reference
    store[type].set(id, copy)
    log(`created ${type}/${id}`)
    answer.push({ response: { status: '201 Created', location: `${type}/${id}` } })
  }
  save()
  return { resourceType: 'Bundle', type: 'transaction-response', entry: answer }
}

function handle(method, url, body) {
  const [path, query] = url.split('?')
  const [type, id] = path.split('/').filter(Boolean).slice(1) // after the base
  if (method === 'POST' && type === undefined) return [200, transact(JSON.parse(body))]
  if (!(type in store)) return [404, { resourceType: 'OperationOutcome' }]
  if (method === 'GET' && query !== undefined)
    return [200, { resourceType: 'Bundle', type: 'searchset', entry: find(type, query).map(resource => ({ resource })) }]
  if (method === 'GET' && id !== undefined) return store[type].has(id) ? [200, store[type].get(id)] : [404, null]
  if (method === 'PUT' && id !== undefined) { // what a hospital's own people do: the test is one of them
    store[type].set(id, JSON.parse(body))
    save()
    return [200, null]
  }
  if (method === 'DELETE' && id !== undefined) {
    if (type === 'Patient' && [...store.Encounter.values()].some(e => e.subject.reference === `Patient/${id}`))
      return [409, { resourceType: 'OperationOutcome' }]
    const gone = store[type].delete(id)
    save()
    return [gone ? 204 : 404, null]
  }
  return [400, { resourceType: 'OperationOutcome' }]
}

// What stands on the server is part of what makes a request distinct: a search before and one after are two.
function fault(method, url, body) {
  const state = method === 'GET' ? handle(method, url, '')[1]?.entry?.length : ''
  const key = `${method} ${url} ${state} ${body}`
  const n = met.get(key) ?? 0
  met.set(key, n + 1)
  return in_turn[n]
}

const server = createServer({ cert: readFileSync(`${dir}/cert.pem`), key: readFileSync(`${dir}/key.pem`) }, (req, res) => {
  const pieces = []
  const turn = `cut ${store.Patient.size}` // the first post of each patient
  if (req.method === 'POST' && faults.includes('cut') && !met.has(turn)) {
    met.set(turn, 1)
    req.once('data', () => req.socket.destroy())
    log('cut')
    return
  }
  req.on('data', piece => pieces.push(piece))
  req.on('end', () => {
    if (req.headers.authorization !== `Bearer ${token}`) return res.writeHead(401).end()
    const body = Buffer.concat(pieces).toString()
    const how = fault(req.method, req.url, body)
    if (how !== undefined) log(how)
    if (how === 'lost') return req.socket.destroy()
    if (how === 'hold') return
    let [code, answer] = [500, null]
    try {
      ;[code, answer] = handle(req.method, req.url, body)
    } catch (e) {
      ;[code, answer] = [400, { resourceType: 'OperationOutcome', issue: [{ diagnostics: String(e) }] }]
    }
    log(`${req.method} ${code}`)
    if (how === 'unanswered') return req.socket.destroy()
    if (how === 'hold-after') return
    const text = answer === null ? '' : JSON.stringify(answer)
    res.writeHead(code, { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(text) })
    if (how === 'half') return res.write(text.slice(0, text.length / 2), () => req.socket.destroy())
    res.end(text)
  })
})
save()
server.listen(0, '127.0.0.1', () => writeFileSync(`${dir}/port`, String(server.address().port)))
