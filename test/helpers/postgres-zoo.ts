/** Statements that make of everything in a database that dumps are known to trip over: hostile names, inheritance, partitions, generated values, large objects, policies. */
export const zoo = `
create schema "we
ird";
create table "we
ird"."a""b
COPY x (y) FROM stdin;" (id int, "col,""q" text, "\\" text);
insert into "we
ird"."a""b
COPY x (y) FROM stdin;" values (1, E'a\\nb\\t\\\\.', E'\\\\.'), (2, null, ''), (3, E'\\r\\n', E'\\x01\\u2028');
create table nocolumns ();
insert into nocolumns default values;
insert into nocolumns default values;
create table "Ünï ☃" (id bigint generated always as identity primary key, v int, twice int generated always as (v * 2) stored);
insert into "Ünï ☃" (v) select generate_series(1, 50);
select setval('"Ünï ☃_id_seq"', 1000);
create table parent (a int, b text);
create table child (b text, a int, c timestamptz) inherits (parent);
alter table parent add column d money;
insert into parent values (1, 'parent', 2.5);
insert into child (a, b, c, d) values (2, 'child', '2024-03-31 02:30:00+01', 7);
create table part (id int, v bytea) partition by range (id);
create table part_low partition of part for values from (minvalue) to (10);
create table "part high" partition of part for values from (10) to (maxvalue);
insert into part select id, decode(repeat(lpad(to_hex(id), 2, '0'), 300), 'hex') from generate_series(0, 19) as id;
create type mood as enum ('sad', 'ok', 'we''ird');
create table typed (m mood, j jsonb, x xml, f float8, n numeric, r int4range, a text[], i interval, w bit varying, u uuid);
insert into typed values ('ok', '{"a": "\\u00e9\\n"}', '<a>&amp;</a>', 'NaN', 1e-30, '[1,5)', array['a,"b', null], '1 year 2 days 00:00:00.000001', b'101', '00000000-0000-0000-0000-000000000001');
insert into typed (f) values (0.1 + 0.2), ('-infinity'), (1e308);
create unlogged table loose (id int);
insert into loose values (1);
create materialized view seen as select m, count(*) from typed group by m;
create view plain as select * from parent;
create function greet(name text) returns text language plpgsql as $$
begin
	-- COPY public.typed (m) FROM stdin;
	return 'it''s ' || name;
end
$$;
create extension pgcrypto;
create table guarded (id int, owner text);
insert into guarded values (1, 'me'), (2, 'you');
alter table guarded enable row level security;
create policy own on guarded using (owner = current_user);
select lo_from_bytea(4242, decode(repeat('00ff5c0a27', 20000), 'hex'));
comment on table typed is E'a comment\\n; with \\\\';
`;
/** Those whose rows are dumped, and how many each has. */
export const zooRows: Readonly<Record<string, number>> = {
	'"we\nird"."a""b\nCOPY x (y) FROM stdin;"': 3,
	'public."part high"': 10,
	'public."Ünï ☃"': 50,
	'public.child': 1,
	'public.guarded': 2,
	'public.loose': 1,
	'public.nocolumns': 2,
	'public.parent': 1,
	'public.part_low': 10,
	'public.typed': 4,
};

/** What a database made by `zoo` has beyond its rows, as one text. */
export const zooWitness = `select json_build_array(
	(select last_value from "Ünï ☃_id_seq"), encode(sha256(lo_get(4242)), 'hex'), (select json_agg(seen order by m) from seen), (select count(*) from plain), greet('Ann'), crypt('x', '$1$abcdefgh'),
	(select json_agg(polname) from pg_policy), obj_description('typed'::regclass), (select sum(twice) from "Ünï ☃"), (select relpersistence from pg_class where relname = 'loose'))`;
