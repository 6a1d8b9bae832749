-- `revision` is the number of the current version; a new version moves it on, and that is the only thing that does.
create table playbooks (
  id UUID primary key,
  name TEXT not null,
  name_folded TEXT not null unique,
  archived BOOLEAN not null,
  revision BIGINT not null
);

-- Never changed once written: a review names the version that it was made with.
create table playbook_versions (
  id UUID primary key,
  playbook UUID not null references playbooks (id),
  number BIGINT not null,
  body TEXT not null,
  note TEXT not null,
  created_by UUID not null,
  created_by_name TEXT not null,
  created_at BIGINT not null,
  unique (playbook, number)
);
