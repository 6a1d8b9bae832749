create table contracts (
  id UUID primary key,
  reference TEXT not null unique,
  title TEXT not null,
  us TEXT not null,
  counterparty TEXT not null,
  other_parties TEXT not null,
  folded TEXT not null,
  direction TEXT not null,
  kind TEXT not null,
  our_role TEXT not null,
  paper TEXT not null,
  data_classes TEXT not null,
  initiated_on TEXT not null,
  effective_on TEXT,
  expires_on TEXT,
  auto_renews BOOLEAN not null,
  renewal_months BIGINT,
  notice_days BIGINT,
  notice_by TEXT,
  status TEXT not null,
  restricted BOOLEAN not null,
  registered_by UUID not null,
  registered_by_name TEXT not null,
  playbook UUID not null,
  version BIGINT not null,
  review UUID,
  deviations BIGINT not null,
  blocking BIGINT not null,
  waits_legal BOOLEAN not null,
  waits_security BOOLEAN not null,
  waits_compliance BOOLEAN not null,
  ended_on TEXT,
  ended_reason TEXT,
  revision BIGINT not null,
  created_at BIGINT not null,
  updated_at BIGINT not null
);
create index contracts_updated on contracts (updated_at, id);
create index contracts_title on contracts (folded, id);
create index contracts_status on contracts (status, updated_at, id);
create index contracts_notice on contracts (notice_by, id);
create index contracts_expiry on contracts (expires_on, id);
create index contracts_kind on contracts (kind, updated_at, id);
create index contracts_registered on contracts (registered_by, updated_at, id);
create index contracts_waits_legal on contracts (updated_at, id) where waits_legal;
create index contracts_waits_security on contracts (updated_at, id) where waits_security;
create index contracts_waits_compliance on contracts (updated_at, id) where waits_compliance;

-- The running number of a year's references.
create table contract_numbers (
  year BIGINT primary key,
  last BIGINT not null
);

create table contract_versions (
  id UUID primary key,
  contract UUID not null references contracts (id),
  number BIGINT not null,
  sha256 TEXT not null,
  file_name TEXT not null,
  size BIGINT not null,
  format TEXT,
  pages BIGINT,
  note TEXT not null,
  problem TEXT,
  problem_hint TEXT,
  uploaded_by UUID not null,
  uploaded_by_name TEXT not null,
  uploaded_at BIGINT not null,
  unique (contract, number)
);

-- The text as it was read, apart from the version so that lists need not carry it.
create table contract_texts (
  version UUID primary key references contract_versions (id),
  extracted TEXT not null,
  reading TEXT not null
);

create table contract_reviews (
  id UUID primary key,
  contract UUID not null references contracts (id),
  version UUID not null references contract_versions (id),
  number BIGINT not null,
  sha256 TEXT not null,
  playbook_version UUID not null,
  playbook_name TEXT not null,
  playbook_number BIGINT not null,
  engine TEXT not null,
  why TEXT not null,
  created_at BIGINT not null,
  unique (contract, number)
);
create index contract_reviews_version on contract_reviews (version);

create table contract_findings (
  id UUID primary key,
  contract UUID not null references contracts (id),
  review UUID not null references contract_reviews (id),
  position BIGINT not null,
  topic TEXT not null,
  engine_status TEXT not null,
  status TEXT not null,
  clause BIGINT,
  others TEXT not null,
  reason TEXT not null,
  suggestion TEXT,
  blocking BOOLEAN not null,
  approvers TEXT not null,
  confidence BIGINT not null,
  state TEXT not null,
  decided_by UUID,
  decided_by_name TEXT,
  decided_at BIGINT,
  decided_reason TEXT,
  revision BIGINT not null,
  unique (review, topic)
);
create index contract_findings_contract on contract_findings (contract);

create table contract_obligations (
  id UUID primary key,
  contract UUID not null references contracts (id),
  review UUID not null references contract_reviews (id),
  position BIGINT not null,
  clause BIGINT not null,
  debtor TEXT,
  creditor TEXT,
  duty TEXT not null,
  deadline TEXT,
  condition TEXT,
  topic TEXT,
  folded TEXT not null,
  live BOOLEAN not null,
  created_at BIGINT not null
);
create index contract_obligations_review on contract_obligations (review, position);
create index contract_obligations_contract on contract_obligations (contract);
create index contract_obligations_live on contract_obligations (created_at, id) where live;
create index contract_obligations_topic on contract_obligations (topic, created_at, id) where live;

create table contract_comments (
  id UUID primary key,
  contract UUID not null references contracts (id),
  version UUID not null references contract_versions (id),
  clause BIGINT,
  body TEXT not null,
  author UUID not null,
  author_name TEXT not null,
  at BIGINT not null,
  resolved_by_name TEXT,
  resolved_at BIGINT
);
create index contract_comments_contract on contract_comments (contract, at);

-- `topic` is empty for a decision on the whole.
create table contract_signoffs (
  id UUID primary key,
  contract UUID not null references contracts (id),
  review UUID not null references contract_reviews (id),
  sha256 TEXT not null,
  topic TEXT not null,
  side TEXT not null,
  decision TEXT not null,
  condition TEXT,
  condition_met_at BIGINT,
  condition_met_by_name TEXT,
  condition_met_note TEXT,
  person UUID not null,
  person_name TEXT not null,
  on_behalf_of UUID,
  on_behalf_of_name TEXT,
  at BIGINT not null,
  voided_at BIGINT,
  voided_reason TEXT
);
create unique index contract_signoffs_live on contract_signoffs (review, topic, side) where voided_at is null;
create index contract_signoffs_contract on contract_signoffs (contract, at);
