create table files (
  sha256 TEXT primary key,
  size BIGINT not null,
  created_at BIGINT not null
);
