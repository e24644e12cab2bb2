/* main.c: berth COMMAND [options]. Each command has a row in a table, with its own options.
 * The configuration is loaded and checked before any command runs. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/check_config.h"
#include "cmd/cmd.h"
#include "cmd/open.h"
#include "cmd/serve_auth.h"

#define OWN_MAX 3 /* options of one command, besides those that all have */

/* Reads the files with keys, too: serve would fail at its start if it could not. */
static int
check_config_command(const struct command_call *call)
{
	struct auth ignored;
	struct err err;

	if (serve_auth(call->arena, call->conf, &ignored, &err) != RC_OK) {
		open_complain("configuration", &err);
		return EXIT_FAILURE;
	}
	if (call->get != NULL)
		return check_config_get(call->conf, call->get, stdout);
	return check_config_run(call->conf, stdout);
}

enum {
	OPT_CONFIG,
	OPT_FLAVOR,
	OPT_HELP,
	OPT_AFRESH,
	OPT_ALL,
	OPT_FORMAT,
	OPT_GET,
	OPT_IMAGE,
	OPT_PLATFORM,
	OPT_RATE,
	OPT_REPORT
};

static const struct command {
	const char *name;
	int (*run)(const struct command_call *call);
	struct option own[OWN_MAX]; /* its own options; the rest is zeros */
	const char *synopsis;       /* of its own options */
	const char *help;
	const char *arguments; /* after the options; NULL: none */
	unsigned least, most;  /* how many of them */
} commands[] = {
    {"serve", cmd_serve, {{NULL, 0, NULL, 0}}, "",
	"Runs the registry: answers the requests that nginx passes on, until SIGTERM. Stays in\n"
	"the foreground."},
    {"reindex", cmd_reindex, {{"afresh", no_argument, NULL, OPT_AFRESH}},
	" [--afresh]",
	"Rebuilds the search index from the store; the registry can run at the same time. Skips\n"
	"repositories that have not changed since they were indexed; with --afresh it reads\n"
	"all of them."},
    {"bridge", cmd_bridge,
	{{"all", no_argument, NULL, OPT_ALL},
	    {"rate", required_argument, NULL, OPT_RATE},
	    {"report", no_argument, NULL, OPT_REPORT}},
	" --all [--rate BYTES] | --report",
	"With --all, makes the form in API v2 of all images of API v1 now, and not at the first\n"
	"request for each; the registry can run at the same time. --rate limits how many bytes\n"
	"of layers are read in a second, on average (K, M or G may follow the number). With\n"
	"--report, prints each tag that the other API cannot show, and why."},
    {"import", cmd_import,
	{{"format", required_argument, NULL, OPT_FORMAT},
	    {"image", required_argument, NULL, OPT_IMAGE},
	    {"platform", required_argument, NULL, OPT_PLATFORM}},
	" [--format FORMAT] [--image NAME] [--platform OS/ARCHITECTURE]",
	"Stores one image from a file: an OCI layout (oci, oci-archive), what docker save writes\n"
	"(docker-archive) or a directory of docker-registry 0.x (v1). PATH - is standard input.\n"
	"--image chooses one of several images in the file, by its name there, --platform one\n"
	"of an index. The registry can run at the same time.",
	" PATH REPOSITORY[:TAG]...", 2, 1000},
    {"export", cmd_export,
	{{"format", required_argument, NULL, OPT_FORMAT},
	    {"platform", required_argument, NULL, OPT_PLATFORM}},
	" [--format FORMAT] [--platform OS/ARCHITECTURE]",
	"Writes one image into a file or a directory, in one of the formats of import: oci, or\n"
	"oci-archive to standard output (PATH -), unless --format says another. With --platform\n"
	"it writes only that image of an index.",
	" REPOSITORY[:TAG|@DIGEST] PATH", 2, 2},
    {"check-config", check_config_command,
	{{"get", required_argument, NULL, OPT_GET}}, " [--get KEY]",
	"Prints each setting that is in effect, where it was set, and what is wrong in\n"
	"config.yml. With --get it prints only the value of one key, for scripts."},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char common_options[] =
    "  --config FILE   the configuration file (default: the file that the environment variable\n"
    "                  DOCKER_REGISTRY_CONFIG names, or " BERTH_SYSCONFDIR
    "/berth/config.yml)\n"
    "  --flavor NAME   the section of the file that is used (default: the environment variable\n"
    "                  SETTINGS_FLAVOR, or dev)\n"
    "  --help          prints this text\n";

static void
print_synopsis(const struct command *command)
{
	(void)printf("berth %s%s [options]%s\n%s\n\n", command->name,
	    command->synopsis, command->arguments == NULL ? "" : command->arguments,
	    command->help);
}

static void
print_help(void)
{
	size_t i;

	(void)printf(
	    "berth %s: a Docker registry behind nginx\n\n", PACKAGE_VERSION);
	for (i = 0; i < N_COMMANDS; i++)
		print_synopsis(&commands[i]);
	(void)printf(
	    "Options of all commands:\n%s\nberth --version prints the version. "
	    "The manual pages berth(8) and berth-config(5) have\nthe details.\n",
	    common_options);
}

static void
print_command_help(const struct command *command)
{
	print_synopsis(command);
	(void)printf("Options:\n%s", common_options);
}

static int
usage_error(const char *what, const char *which)
{
	(void)fprintf(stderr, "berth: %s%s; see \"berth --help\"\n", what, which);
	return CMD_EXIT_USAGE;
}

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static const char *
environment(const char *name)
{
	return getenv(name);
}

static int
run(const struct command *command, struct command_call *call,
    struct conf_source *source)
{
	struct conf *conf;
	struct err err;
	int status = EXIT_FAILURE;

	call->arena = arena_new();
	call->source = source;
	if (conf_load(call->arena, source, &conf, &err) != RC_OK) {
		open_complain("configuration", &err);
		goto out;
	}
	call->conf = conf;
	(void)umask(umask(077) | 027); /* repositories can be private */
	status = command->run(call);
out:
	arena_free(call->arena);
	return status;
}

/* A number of bytes, with K, M or G for powers of 1024. False: it is not one, or 0. */
static bool
parse_bytes(const char *text, uint64_t *out)
{
	static const char units[] = "KMG";
	struct str number = str_of(text);
	const char *unit = number.n > 0 ? strchr(units, text[number.n - 1]) : NULL;
	unsigned shift = 0;
	long long n;

	if (unit != NULL) {
		number.n--;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (!str_to_int64(number, &n) || n <= 0 || n > INT64_MAX >> shift)
		return false;
	*out = (uint64_t)n << shift;
	return true;
}

/* NULL, or what is wrong with its value. */
static const char *
take_option(struct command_call *call, struct conf_source *source, int opt)
{
	switch (opt) {
	case OPT_CONFIG:
		source->file = optarg;
		break;
	case OPT_FLAVOR:
		source->flavor = optarg;
		break;
	case OPT_AFRESH:
		call->afresh = true;
		break;
	case OPT_ALL:
		call->all = true;
		break;
	case OPT_FORMAT:
		call->format = optarg;
		break;
	case OPT_GET:
		call->get = optarg;
		break;
	case OPT_IMAGE:
		call->image = optarg;
		break;
	case OPT_PLATFORM:
		call->platform = optarg;
		break;
	case OPT_RATE:
		return parse_bytes(optarg, &call->rate)
			   ? NULL
			   : "--rate must be a number of bytes such as 20M: ";
	case OPT_REPORT:
		call->report = true;
		break;
	default:
		break;
	}
	return NULL;
}

static int
parse_and_run(const struct command *command, int argc, char **argv)
{
	struct option options[3 + OWN_MAX + 1] = {
	    {"config", required_argument, NULL, OPT_CONFIG},
	    {"flavor", required_argument, NULL, OPT_FLAVOR},
	    {"help", no_argument, NULL, OPT_HELP}}; /* zeros at the end */
	struct conf_source source = {.env = environment};
	struct command_call call = {.get = NULL};
	const char *wrong;

	memcpy(&options[3], command->own, sizeof(command->own));
	opterr = 0; /* getopt would write "serve: ..." instead of "berth: ..." */
	for (;;) {
		const char *arg = argv[optind];
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): there are no threads yet */
		int opt = getopt_long(argc, argv, "+:", options, NULL);

		if (opt == -1)
			break;
		if (opt == ':')
			return usage_error("this option needs a value: ", arg);
		if (opt == '?')
			return usage_error("not an option of this command: ", arg);
		if (opt == OPT_HELP) {
			print_command_help(command);
			return EXIT_SUCCESS;
		}
		wrong = take_option(&call, &source, opt);
		if (wrong != NULL)
			return usage_error(wrong, optarg);
	}
	call.arguments = &argv[optind];
	call.n_arguments = (unsigned)(argc - optind);
	if (call.n_arguments > command->most)
		return usage_error(
		    "unexpected argument: ", argv[optind + (int)command->most]);
	if (call.n_arguments < command->least)
		return usage_error("arguments are missing:", command->arguments);
	return run(command, &call, &source);
}

int
main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return usage_error("a command is missing", "");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help();
		return EXIT_SUCCESS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("berth %s\n", PACKAGE_VERSION);
		return EXIT_SUCCESS;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return usage_error("unknown command: ", argv[1]);
	return parse_and_run(command, argc - 1, argv + 1);
}
