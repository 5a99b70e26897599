/* The key file, sealing, packed values and archives: what needs no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "support/databases.h"
#include "vault/vault.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char folder[64], key_path[128];

static int make_folder(void **state)
{
	(void)state;
	struct error e;
	snprintf(folder, sizeof folder, "/tmp/oneview-vault.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(key_path, sizeof key_path, "%s/master.key", folder);
	assert_ok(vault_create_key(key_path, &e), &e);
	return 0;
}

static int drop_folder(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static struct vault *open_vault(void)
{
	struct error e;
	struct vault *vault;
	assert_ok(vault_open(&vault, key_path, &e), &e);
	return vault;
}

static void assert_refused(const char *code)
{
	struct error e = {0};
	struct vault *vault;
	assert_int_not_equal(vault_open(&vault, key_path, &e), STATUS_OK);
	assert_string_equal(e.code, code);
	assert_null(vault);
	assert_true(e.remedy[0] != '\0');
}

static void test_key_file(void **state)
{
	(void)state;
	struct error e;
	struct stat info;
	assert_int_equal(stat(key_path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(vault_create_key(key_path, &e), STATUS_CONFLICT);
	assert_int_equal(chmod(key_path, 0640), 0);
	assert_refused("vault.key_permissions");
	assert_int_equal(chmod(key_path, 0600), 0);
	vault_close(open_vault());
	if (geteuid() == 0) {
		assert_int_equal(chown(key_path, 12345, 0), 0);
		assert_refused("vault.key_owner");
		assert_int_equal(chown(key_path, 0, 0), 0);
	}
	assert_int_equal(truncate(key_path, info.st_size - 2), 0);
	assert_refused("vault.key_damaged");
	assert_int_equal(unlink(key_path), 0);
	assert_refused("vault.key_missing");
}

/* In a process of its own, which may write files of LIMIT bytes: at 0 it is killed as it writes. */
static pid_t create_apart(rlim_t limit)
{
	pid_t child = fork();
	if (child != 0)
		return child;
	struct error e;
	struct rlimit most = {limit, limit};
	(void)setrlimit(RLIMIT_FSIZE, &most);
	_exit(vault_create_key(key_path, &e) == STATUS_OK ? 0 : e.status == STATUS_CONFLICT ? 1 : 2);
}

static int outcome_of(pid_t child)
{
	int outcome;
	assert_int_equal(waitpid(child, &outcome, 0), child);
	return outcome;
}

static void test_a_kill_leaves_no_half_key(void **state)
{
	(void)state;
	struct error e;
	struct stat info;
	char part[160];
	snprintf(part, sizeof part, "%s.part", key_path);
	assert_int_equal(unlink(key_path), 0);
	int outcome = outcome_of(create_apart(0));
	assert_true(WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGXFSZ);
	assert_false(file_exists(key_path));
	outcome = outcome_of(create_apart(30)); /* a full disk */
	assert_true(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 2);
	assert_false(file_exists(key_path) || file_exists(part));
	outcome = outcome_of(create_apart(0)); /* its leftover does not stand in the way */
	assert_ok(vault_create_key(key_path, &e), &e);
	vault_close(open_vault());
	/* Killed between two names, where one step cannot do: the key keeps its own. */
	assert_int_equal(link(key_path, part), 0);
	assert_int_equal(vault_create_key(key_path, &e), STATUS_CONFLICT);
	assert_string_equal(e.code, "vault.key_exists");
	assert_int_equal(stat(key_path, &info), 0);
	assert_int_equal(info.st_nlink, 1);
	assert_false(file_exists(part));
	vault_close(open_vault());
}

static void test_of_many_who_create_a_key_one_does(void **state)
{
	(void)state;
	enum { MANY = 8 };
	pid_t children[MANY];
	int made = 0;
	assert_int_equal(unlink(key_path), 0);
	for (int i = 0; i < MANY; i++)
		children[i] = create_apart(RLIM_INFINITY);
	for (int i = 0; i < MANY; i++) {
		int outcome = outcome_of(children[i]);
		assert_true(WIFEXITED(outcome) && WEXITSTATUS(outcome) < 2);
		made += WEXITSTATUS(outcome) == 0;
	}
	assert_int_equal(made, 1);
	vault_close(open_vault());
}

static void test_no_core_dumps(void **state)
{
	(void)state;
	struct rlimit limit;
	vault_close(open_vault());
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
}

static void test_hashes(void **state)
{
	(void)state;
	struct vault *vault = open_vault();
	struct text number = TEXT("T0001");
	int64_t hash = vault_hash64(vault, VAULT_CLIENT, number);
	assert_int_equal(hash, vault_hash64(vault, VAULT_CLIENT, number));
	assert_int_not_equal(hash, vault_hash64(vault, VAULT_UPRN, number));
	assert_int_not_equal(hash, vault_hash64(vault, VAULT_CLIENT, TEXT("T0002")));
	assert_int_not_equal(hash, vault_fast_hash64(vault, VAULT_CLIENT, number));
	struct vault *again = open_vault();
	assert_int_equal(hash, vault_hash64(again, VAULT_CLIENT, number));
	vault_close(again);
	/* Another key, other hashes: they tell nothing without it. */
	struct error e;
	assert_int_equal(unlink(key_path), 0);
	assert_ok(vault_create_key(key_path, &e), &e);
	struct vault *other = open_vault();
	assert_int_not_equal(hash, vault_hash64(other, VAULT_CLIENT, number));
	vault_close(other);
	vault_close(vault);
}

static void test_sealing(void **state)
{
	(void)state;
	struct vault *vault = open_vault();
	struct vault_place place = {17, 3, -99, 2, VAULT_IDENTITY};
	struct text plain = TEXT("Ada Lovelace, 10 December 1815");
	struct buf sealed, again, out;
	struct error e;
	buf_init(&sealed, 1000);
	buf_init(&again, 1000);
	buf_init(&out, 1000);
	vault_seal(vault, &place, plain, &sealed);
	vault_seal(vault, &place, plain, &again);
	assert_int_equal(sealed.len, plain.len + VAULT_OVERHEAD);
	assert_null(memmem(sealed.at, sealed.len, "Lovelace", 8));
	assert_memory_not_equal(sealed.at, again.at, sealed.len); /* a nonce is used once */
	assert_ok(vault_unseal(vault, &place, buf_text(&sealed), &out, &e), &e);
	assert_true(text_equal(buf_text(&out), plain));
	/* Every part of the place counts, and every byte. */
	for (int field = 0; field < 5; field++) {
		struct vault_place moved = place;
		moved.record_id += field == 0;
		moved.feed_no += field == 1;
		moved.row_key += field == 2;
		moved.version += field == 3;
		moved.part = field == 4 ? VAULT_TEXT : moved.part;
		assert_int_equal(vault_unseal(vault, &moved, buf_text(&sealed), &out, &e), STATUS_CORRUPT);
	}
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.at[i] ^= 1;
		assert_int_equal(vault_unseal(vault, &place, buf_text(&sealed), &out, &e), STATUS_CORRUPT);
		sealed.at[i] ^= 1;
	}
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_equal(vault_unseal(vault, &place, text_slice(sealed.at, len), &out, &e), STATUS_CORRUPT);
	buf_release(&sealed);
	buf_release(&again);
	buf_release(&out);
	vault_close(vault);
}

struct reader {
	const struct vault *vault;
	struct text sealed;
	atomic_bool stop;
	atomic_uint tried, failed;
};

static const struct vault_place somewhere = {1, 2, 3, 4, VAULT_IDENTITY};

static void *keep_opening(void *context)
{
	struct reader *reader = context;
	char out[100];
	size_t len;
	while (!atomic_load(&reader->stop)) {
		bool opens = vault_unseal_into(reader->vault, &somewhere, reader->sealed, out, &len);
		atomic_fetch_add(&reader->failed, !opens);
		atomic_fetch_add(&reader->tried, 1);
	}
	return NULL;
}

/* What was sealed before opens before, while and after the key to come is taken. */
static void test_a_value_opens_while_another_key_is_taken(void **state)
{
	enum { ROUNDS = 10, READERS = 3 };
	(void)state;
	struct error e;
	char next[160];
	snprintf(next, sizeof next, "%s.next", key_path);
	for (int round = 0; round < ROUNDS; round++) {
		bool changing;
		struct vault *vault;
		struct buf sealed;
		pthread_t threads[READERS];
		assert_ok(vault_open_serving(&vault, key_path, &e), &e);
		buf_init(&sealed, 1000);
		vault_seal(vault, &somewhere, TEXT("Ada Lovelace"), &sealed);
		struct reader reader = {.vault = vault, .sealed = buf_text(&sealed)};
		for (int i = 0; i < READERS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, keep_opening, &reader), 0);
		assert_ok(vault_create_key(next, &e), &e);
		assert_ok(vault_follow_change(vault, key_path, &changing, &e), &e);
		assert_true(changing);
		for (unsigned before = atomic_load(&reader.tried); atomic_load(&reader.tried) < before + 50;)
			sched_yield();
		atomic_store(&reader.stop, true);
		for (int i = 0; i < READERS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(atomic_load(&reader.failed), 0);
		buf_release(&sealed);
		vault_close(vault);
		assert_int_equal(unlink(next), 0);
	}
}

static void test_values(void **state)
{
	(void)state;
	struct buf packed;
	buf_init(&packed, 100000);
	char longest[5000];
	memset(longest, 'x', sizeof longest);
	vault_values_append(&packed, 1, TEXT("Ada"));
	vault_values_append(&packed, 300, text_slice(longest, sizeof longest));
	vault_values_append(&packed, 2, TEXT(""));
	struct vault_values values = vault_values_of(buf_text(&packed));
	unsigned number;
	struct text value;
	assert_true(vault_values_next(&values, &number, &value));
	assert_int_equal(number, 1);
	assert_true(text_is(value, "Ada"));
	assert_true(vault_values_next(&values, &number, &value));
	assert_int_equal(number, 300);
	assert_int_equal(value.len, sizeof longest);
	assert_true(vault_values_next(&values, &number, &value));
	assert_int_equal(value.len, 0);
	assert_false(vault_values_next(&values, &number, &value));
	assert_true(text_is(vault_values_find(buf_text(&packed), 1), "Ada"));
	assert_true(text_is_absent(vault_values_find(buf_text(&packed), 7)));
	for (size_t len = 0; len < packed.len; len++) { /* cut anywhere: ends, reads nothing behind */
		struct vault_values cut = vault_values_of(text_slice(packed.at, len));
		while (vault_values_next(&cut, &number, &value))
			assert_true(value.at + value.len <= packed.at + len);
	}
	buf_release(&packed);
}

static enum status collect(void *context, struct text block, struct error *error)
{
	(void)error;
	buf_append_text(context, block);
	return STATUS_OK;
}

static void archive_round(struct vault *vault, size_t size)
{
	struct error e;
	struct buf content, back;
	buf_init(&content, 1 << 20);
	buf_init(&back, 1 << 20);
	for (size_t i = 0; i < size; i++)
		buf_append_char(&content, (char)(i * 7 % 251));
	char source[128], target[128];
	snprintf(source, sizeof source, "%s/clear.csv", folder);
	snprintf(target, sizeof target, "%s/clear.csv.sealed", folder);
	assert_ok(file_replace(source, buf_text(&content), 0600, &e), &e);
	assert_ok(vault_seal_file(vault, source, target, 7, size % 2 == 0, &e), &e);
	assert_ok(vault_open_archive(vault, target, 7, collect, &back, &e), &e);
	assert_true(text_equal(buf_text(&content), buf_text(&back)));
	/* Under the number of another extract it does not open. */
	assert_int_equal(vault_open_archive(vault, target, 8, collect, &back, &e), STATUS_CORRUPT);
	struct stat info;
	assert_int_equal(stat(target, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	/* Cut short, even between blocks, it is not a whole archive. */
	off_t cuts[] = {info.st_size - 1, info.st_size - 17, 65536 + 17 + 32, 20, 0};
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		if (cuts[i] < 0 || cuts[i] >= info.st_size || truncate(target, cuts[i]))
			continue;
		assert_int_equal(vault_open_archive(vault, target, 7, collect, &back, &e), STATUS_CORRUPT);
	}
	const char *paths[] = {source};
	assert_ok(vault_remove_files(paths, 1, &e), &e);
	assert_false(file_exists(source));
	assert_int_not_equal(vault_remove_files(paths, 1, &e), STATUS_OK);
	/* A removal that was cut off is ended later; other files of the folder stay. */
	char left[128];
	snprintf(left, sizeof left, "%s/.removing.tenancies.csv", folder);
	assert_ok(file_replace(left, TEXT("a name"), 0600, &e), &e);
	assert_ok(vault_remove_leftovers(folder, &e), &e);
	assert_false(file_exists(left));
	assert_true(file_exists(target));
	buf_release(&content);
	buf_release(&back);
}

static void write_hex(const char *path, struct text start, const char *hex)
{
	struct error e;
	struct buf out;
	buf_init(&out, 1 << 10);
	buf_append_text(&out, start);
	for (; *hex; hex += 2) {
		char byte[] = {hex[0], hex[1], '\0'};
		buf_append_char(&out, (char)strtoul(byte, NULL, 16));
	}
	assert_ok(file_replace(path, buf_text(&out), 0600, &e), &e);
	buf_release(&out);
}

/* Sealed by a program of before archives were bound to their extract: read, whatever number it is asked for. */
static void test_an_archive_of_before(void **state)
{
	(void)state;
	struct error e;
	struct vault *vault;
	struct buf back;
	char old_key[160], path[160];
	snprintf(old_key, sizeof old_key, "%s/old.key", folder);
	snprintf(path, sizeof path, "%s/00000007_old.csv.sealed", folder);
	assert_ok(file_replace(old_key,
			       TEXT("oneview-master-key-1\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
				    "1e1f\n"),
			       0600, &e),
		  &e);
	write_hex(path, TEXT("onevarc1"),
		  "89e4bef0e94ce3b7c0f430b571af4ee4af5acccbb74a44bec92fec9185320b88ff373f93478ce010c9bf4b63d663fb246b65"
		  "b372ef2be5e4");
	assert_ok(vault_open(&vault, old_key, &e), &e);
	buf_init(&back, 1 << 10);
	assert_ok(vault_open_archive(vault, path, 7, collect, &back, &e), &e);
	assert_ok(vault_open_archive(vault, path, 8, collect, &back, &e), &e);
	assert_true(text_is(buf_text(&back), "Tenancy Ref\nT1\nTenancy Ref\nT1\n"));
	/* called the new format it is not believed */
	write_hex(path, TEXT("onevarc2"),
		  "89e4bef0e94ce3b7c0f430b571af4ee4af5acccbb74a44bec92fec9185320b88ff373f93478ce010c9bf4b63d663fb246b65"
		  "b372ef2be5e4");
	assert_int_equal(vault_open_archive(vault, path, 7, collect, &back, &e), STATUS_CORRUPT);
	buf_release(&back);
	vault_close(vault);
}

static void test_archive(void **state)
{
	(void)state;
	struct vault *vault = open_vault();
	size_t sizes[] = {0, 1, 65535, 65536, 65537, 200000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		archive_round(vault, sizes[i]);
	struct error e;
	char missing[128];
	snprintf(missing, sizeof missing, "%s/missing", folder);
	assert_int_equal(vault_seal_file(vault, missing, key_path, 7, true, &e), STATUS_IO);
	unsigned char a[VAULT_FILE_HASH_SIZE], b[VAULT_FILE_HASH_SIZE];
	assert_ok(vault_hash_file(vault, key_path, a, &e), &e);
	assert_ok(vault_hash_file(vault, key_path, b, &e), &e);
	assert_memory_equal(a, b, sizeof a);
	vault_close(vault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_key_file, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_a_kill_leaves_no_half_key, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_of_many_who_create_a_key_one_does, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_no_core_dumps, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_hashes, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_sealing, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_a_value_opens_while_another_key_is_taken, make_folder,
						drop_folder),
		cmocka_unit_test_setup_teardown(test_values, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_an_archive_of_before, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(test_archive, make_folder, drop_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
