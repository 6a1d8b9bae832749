-- A message to one person. `key` says what it is about, so that the same message is never told twice.
create table notices (
  id UUID primary key,
  key TEXT not null unique,
  person UUID not null,
  kind TEXT not null,
  subject TEXT not null,
  -- JSON, a list of lines that a mail may carry.
  lines TEXT not null,
  -- JSON, a list of lines that stay inside while the wall stands.
  inside TEXT not null,
  href TEXT not null,
  wall UUID,
  created_at BIGINT not null,
  read_at BIGINT,
  -- waiting, sent, refused, or none: there is no mail server, or no address.
  mail TEXT not null,
  mail_tries BIGINT not null,
  mail_error TEXT,
  mail_at BIGINT,
  -- Until when the process that sends it has it.
  mail_leased_until BIGINT
);

create index notices_by_person on notices (person, created_at, id);
create index notices_unread on notices (person, read_at);
create index notices_by_mail on notices (mail, created_at, id);
