/*
 * Runs a fuzz target over files and folders of files: how the normal test
 * run replays the corpora, and anybody a finding, without libFuzzer.
 */

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INPUT_MAX = 1 << 20, PATH_LEN = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	size_t len;

	if (!f) {
		perror(path);
		return 0;
	}
	data = malloc(INPUT_MAX);
	if (!data) {
		fclose(f);
		return 0;
	}
	len = fread(data, 1, INPUT_MAX, f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	return 1;
}

static size_t run_folder(const char *path)
{
	DIR *d = opendir(path);
	size_t count = 0;

	if (!d) {
		perror(path);
		return 0;
	}
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		char file[PATH_LEN];

		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		count += run_file(file);
	}
	closedir(d);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st)) {
			perror(argv[i]);
			return 1;
		}
		count += S_ISDIR(st.st_mode) ? run_folder(argv[i])
					     : run_file(argv[i]);
	}
	printf("%zu inputs\n", count);
	return count ? 0 : 1;
}
