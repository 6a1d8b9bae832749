-- A notice to an authority or to people: drafted from the facts, approved by both sides, recorded as sent.
-- Its heading is kept as it stood in the rule that day: what was sent does not change with the rules.
create table incident_notices (
  id UUID primary key,
  incident UUID not null references incidents (id),
  number BIGINT not null,
  rule TEXT not null,
  -- The notice of the same rule that this one adds to.
  follows UUID references incident_notices (id),
  title TEXT not null,
  recipient TEXT not null,
  law TEXT not null,
  article TEXT not null,
  state TEXT not null,
  late_reasons TEXT not null,
  -- The authority's form by its fields, as a JSON object; empty where nobody has opened it.
  form TEXT not null,
  drafted_by UUID not null,
  drafted_by_name TEXT not null,
  drafted_at BIGINT not null,
  -- Why it was discarded.
  outcome TEXT not null,
  revision BIGINT not null,
  unique (incident, number)
);

create table incident_notice_sections (
  notice UUID not null references incident_notices (id),
  position BIGINT not null,
  -- What the law asks for, in the rule's words.
  item TEXT not null,
  text TEXT not null,
  standing TEXT not null,
  primary key (notice, position)
);

-- Never deleted: what no longer holds is voided and says why.
create table incident_notice_approvals (
  id UUID primary key,
  notice UUID not null references incident_notices (id),
  -- SHA-256 of the text that the person saw.
  hash TEXT not null,
  side TEXT not null,
  person UUID not null,
  person_name TEXT not null,
  -- What the rule forbids to tell and the text seems to, seen and approved all the same.
  despite TEXT not null,
  at BIGINT not null,
  voided_at BIGINT,
  voided_because TEXT not null
);

create index incident_notice_approvals_by_notice on incident_notice_approvals (notice, at);

create table incident_notice_sendings (
  notice UUID primary key references incident_notices (id),
  hash TEXT not null,
  -- When it was sent: a fact's value.
  moment TEXT not null,
  sent_at BIGINT not null,
  -- Until when it was due, RFC 3339, or nothing.
  due TEXT not null,
  late BOOLEAN not null,
  channel TEXT not null,
  reference TEXT not null,
  proof TEXT not null,
  file_sha256 TEXT,
  file_name TEXT not null,
  file_size BIGINT not null,
  late_reasons TEXT not null,
  recorded_by UUID not null,
  recorded_by_name TEXT not null,
  recorded_at BIGINT not null
);
