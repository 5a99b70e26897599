#include "base/date.h"
#include "store/store_int.h"

/* One `-- migration N` section of a schema file. */
struct migration {
	int number;
	struct text ddl;
};

static int number_after(struct text line, struct text word)
{
	int64_t number = 0;
	struct text rest = text_trim(text_slice(line.at + word.len, line.len - word.len));
	return text_parse_int64(rest, &number) && number > 0 && number < 100000 ? (int)number : 0;
}

/* The next section of SHELF in *REST; false at the end. *SHELF_NOW carries over between calls. */
static bool next_migration(struct text *rest, enum store_shelf shelf, enum store_shelf *shelf_now,
			   struct migration *out)
{
	bool found = false;
	struct text line, all = *rest;
	while (text_split(rest, '\n', &line)) {
		bool shelf_line = text_starts_with(line, TEXT("-- shelf: "));
		bool start = text_starts_with(line, TEXT("-- migration "));
		if (found && (shelf_line || start)) {
			out->ddl.len = (size_t)(line.at - out->ddl.at);
			*rest = text_slice(line.at, all.len - (size_t)(line.at - all.at));
			return true;
		}
		if (shelf_line)
			*shelf_now = text_find(line, TEXT("desk")) < line.len ? STORE_DESK : STORE_DATA;
		if (start && *shelf_now == shelf) {
			found = true;
			out->number = number_after(line, TEXT("-- migration "));
			out->ddl = rest->at ? *rest : text_slice("", 0);
		}
	}
	return found;
}

static int newest_migration(const struct schema *schema, enum store_shelf shelf)
{
	int newest = 0;
	struct text rest = text_of(schema->sql);
	enum store_shelf shelf_now = STORE_DATA;
	struct migration migration;
	while (next_migration(&rest, shelf, &shelf_now, &migration))
		newest = migration.number;
	return newest;
}

/* The version of a room's tables on this shelf: 0 when there are none yet. */
static enum status version_of(struct store *store, const char *room, int *version, struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(
		&statement, store,
		"SELECT version FROM schema_version WHERE room = :room ORDER BY version DESC LIMIT 1", error);
	if (status)
		return status;
	statement_bind_text(statement, "room", text_of(room));
	int column = statement_column(statement, "version");
	bool row;
	status = statement_step(statement, &row, error);
	*version = status == STATUS_OK && row ? (int)statement_int(statement, column) : 0;
	statement_done(statement);
	return status;
}

static enum status record_version(struct store *store, const char *room, int version, struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(
		&statement, store,
		"INSERT INTO schema_version (room, version, applied) VALUES (:room, :version, :applied)", error);
	if (status)
		return status;
	statement_bind_text(statement, "room", text_of(room));
	statement_bind_int(statement, "version", version);
	statement_bind_int(statement, "applied", instant_now());
	status = statement_run(statement, NULL, error);
	statement_done(statement);
	return status;
}

/* Two programs may start at once: the second waits here, then finds the work done. */
static enum status lock_schema(struct store *store, struct error *error)
{
	return store->kind == STORE_POSTGRESQL ? store_execute(store, "SELECT pg_advisory_xact_lock(7020100)", error)
					       : STATUS_OK;
}

static enum status apply_migration(struct store *store, const char *room, const struct migration *migration,
				   struct error *error)
{
	struct buf sql;
	buf_init(&sql, 1 << 20);
	int version;
	enum status status = schema_translate(migration->ddl, store->kind, &sql, error);
	if (status == STATUS_OK)
		status = store_begin(store, error);
	if (status == STATUS_OK)
		status = lock_schema(store, error);
	if (status == STATUS_OK)
		status = version_of(store, room, &version, error);
	bool needed = status == STATUS_OK && version < migration->number;
	if (needed)
		status = store_execute(store, buf_text(&sql).at, error);
	if (needed && status == STATUS_OK)
		status = record_version(store, room, migration->number, error);
	if (status == STATUS_OK)
		status = store_commit(store, error);
	store_rollback(store);
	buf_release(&sql);
	if (status == STATUS_INTERNAL && error)
		snprintf(error->message, sizeof error->message,
			 "Migration %d of %s could not be applied to the %s shelf", migration->number, room,
			 shelf_name(store->shelf));
	return status;
}

static enum status migrate_room(struct store *store, const struct schema *schema, int limit, struct error *error)
{
	struct text rest = text_of(schema->sql);
	enum store_shelf shelf_now = STORE_DATA;
	struct migration migration;
	int version, before = 0;
	enum status status = version_of(store, schema->room, &version, error);
	while (status == STATUS_OK && next_migration(&rest, store->shelf, &shelf_now, &migration)) {
		if (migration.number != ++before)
			return error_set(error, STATUS_INTERNAL, "store.schema",
					 "Migrations of %s are not numbered 1, 2, 3 ...", schema->room);
		if (migration.number > version && (!limit || migration.number <= limit))
			status = apply_migration(store, schema->room, &migration, error);
	}
	return status;
}

static enum status has_versions(struct store *store, bool *has, struct error *error)
{
	int64_t count;
	enum status status = store_query_int(
		store,
		store->kind == STORE_SQLITE
			? "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'"
			: "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_version' AND schemaname = "
			  "current_schema()",
		&count, error);
	*has = status == STATUS_OK && count > 0;
	return status;
}

static const struct schema *find_room(const struct schema *schemas, struct text room)
{
	for (; schemas->room; schemas++)
		if (text_is(room, schemas->room))
			return schemas;
	return NULL;
}

/* Refuses a shelf that a newer program has written. */
static enum status refuse_newer(struct store *store, const struct schema *schemas, struct error *error)
{
	struct statement *statement;
	enum status status = store_prepare(
		&statement, store, "SELECT room, MAX(version) AS version FROM schema_version GROUP BY room", error);
	if (status)
		return status;
	int room = statement_column(statement, "room"), version = statement_column(statement, "version");
	bool row;
	while ((status = statement_step(statement, &row, error)) == STATUS_OK && row) {
		const struct schema *schema = find_room(schemas, statement_text(statement, room));
		if (schema && statement_int(statement, version) <= newest_migration(schema, store->shelf))
			continue;
		status = error_set(error, STATUS_CONFLICT, "store.newer",
				   "The %s shelf was written by a newer version of this program (%.*s %lld): %s",
				   shelf_name(store->shelf), TEXT_ARG(statement_text(statement, room)),
				   (long long)statement_int(statement, version), store->where);
		error_remedy(error, "Use the newer program; an older one cannot read it");
		break;
	}
	statement_done(statement);
	return status;
}

static enum status make_version_table(struct store *store, struct error *error)
{
	char sql[96];
	enum status status = STATUS_OK;
	if (store->kind == STORE_POSTGRESQL) {
		snprintf(sql, sizeof sql, "CREATE SCHEMA IF NOT EXISTS %s", shelf_name(store->shelf));
		status = store_execute(store, sql, error);
	}
	if (status)
		return status;
	return store_define(store,
			    "CREATE TABLE IF NOT EXISTS schema_version (room TEXT NOT NULL, version INT NOT NULL, "
			    "applied INSTANT NOT NULL, PRIMARY KEY (room, version)) CLUSTERED",
			    error);
}

enum status schema_migrate(struct store *store, const struct schema *schemas, int limit, struct error *error)
{
	bool has;
	enum status status = has_versions(store, &has, error);
	if (status == STATUS_OK && !has) {
		status = store_begin(store, error);
		if (status == STATUS_OK)
			status = lock_schema(store, error);
		if (status == STATUS_OK)
			status = make_version_table(store, error);
		if (status == STATUS_OK)
			status = store_commit(store, error);
		store_rollback(store);
	}
	if (status == STATUS_OK)
		status = refuse_newer(store, schemas, error);
	for (const struct schema *schema = schemas; status == STATUS_OK && schema->room; schema++)
		status = migrate_room(store, schema, limit, error);
	return status;
}

enum status schema_check(struct store *store, const struct schema *schemas, struct error *error)
{
	bool has;
	int version = 0;
	enum status status = has_versions(store, &has, error);
	if (status == STATUS_OK && has)
		status = refuse_newer(store, schemas, error);
	for (const struct schema *schema = schemas; status == STATUS_OK && schema->room; schema++) {
		if (has)
			status = version_of(store, schema->room, &version, error);
		int newest = newest_migration(schema, store->shelf);
		if (status || version >= newest)
			continue;
		status = error_set(error, STATUS_CONFLICT, "store.older",
				   "The %s shelf has an older form than this program wants (%s %d of %d): %s",
				   shelf_name(store->shelf), schema->room, version, newest, store->where);
		error_remedy(error, "Run `oneview refresh`, which brings it up to date");
	}
	return status;
}

enum status store_migrate(struct store *store, struct error *error)
{
	return schema_migrate(store, store_schemas, 0, error);
}

enum status store_check_schema(struct store *store, struct error *error)
{
	return schema_check(store, store_schemas, error);
}
