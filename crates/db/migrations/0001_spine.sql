-- The ledger: append-only, hash-chained. `seq` has no gaps.
create table ledger_entries (
  seq BIGINT primary key,
  at BIGINT not null,
  actor UUID not null,
  actor_name TEXT not null,
  side TEXT,
  via TEXT not null,
  action TEXT not null,
  subject_kind TEXT not null,
  subject_id TEXT not null,
  wall UUID,
  summary TEXT not null,
  detail TEXT not null,
  prev BYTES not null,
  hash BYTES not null
);
create index ledger_entries_subject on ledger_entries (subject_id, seq);
create index ledger_entries_actor on ledger_entries (actor, seq);
create index ledger_entries_action on ledger_entries (action, seq);
create index ledger_entries_wall on ledger_entries (wall, seq);

-- One row: where the chain stands. Its lock orders the writers.
create table ledger_head (
  id BIGINT primary key,
  seq BIGINT not null,
  hash BYTES not null,
  frontier BYTES not null
);

create table ledger_checkpoints (
  size BIGINT not null,
  signer TEXT not null,
  note TEXT not null,
  at BIGINT not null,
  primary key (size, signer)
);

-- A wall stands round a record that not everyone of its readers' sides may see. The record's own id is the wall's id.
create table walls (
  id UUID primary key,
  sealed BOOLEAN not null
);
create table wall_people (
  wall UUID not null references walls (id),
  person UUID not null,
  primary key (wall, person)
);

create table jobs (
  id UUID primary key,
  kind TEXT not null,
  payload TEXT not null,
  dedup TEXT unique,
  run_at BIGINT not null,
  attempts BIGINT not null,
  leased_until BIGINT,
  state TEXT not null,
  last_error TEXT
);
create index jobs_due on jobs (state, run_at);

-- What a creation with an idempotency key answered, so that the same request answers the same.
create table idempotency (
  person UUID not null,
  key TEXT not null,
  request BYTES not null,
  answer TEXT not null,
  at BIGINT not null,
  primary key (person, key)
);
create index idempotency_at on idempotency (at);

-- What all processes on this store must agree on, such as the fingerprints of their keys.
create table installation (
  name TEXT primary key,
  value TEXT not null
);
