/* main.c: berth COMMAND [options]. One table of commands, one set of options. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/check_config.h"
#include "cmd/cmd.h"
#include "cmd/open.h"
#include "cmd/serve_auth.h"

#define EXIT_USAGE 2

/* What serve would read at its start is read here, too. */
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

static const struct command {
	const char *name;
	int (*run)(const struct command_call *call);
	const char *options; /* of its own */
	const char *help;
} commands[] = {
    {"serve", cmd_serve, "",
	"Answers the requests that nginx hands over, until SIGTERM. Stays in the foreground."},
    {"reindex", cmd_reindex, " [--afresh]",
	"Makes the search index anew from the store, while the registry answers. One that was\n"
	"interrupted goes on where it stopped, with --afresh from the beginning."},
    {"check-config", check_config_command, " [--get KEY]",
	"Says what is in force, where it comes from, and what is wrong in config.yml; with\n"
	"--get only the value of one key, for scripts."},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char common_options[] =
    "  --config FILE   config.yml (default: DOCKER_REGISTRY_CONFIG of the environment, then\n"
    "                  " BERTH_SYSCONFDIR "/berth/config.yml)\n"
    "  --flavor NAME   the part of it that counts (default: SETTINGS_FLAVOR, then dev)\n"
    "  --help          this text\n";

static void
print_help(void)
{
	size_t i;

	(void)printf(
	    "berth %s: a Docker registry behind nginx\n\n", PACKAGE_VERSION);
	for (i = 0; i < N_COMMANDS; i++)
		(void)printf("berth %s%s [options]\n%s\n\n", commands[i].name,
		    commands[i].options, commands[i].help);
	(void)printf(
	    "options:\n%sberth --version prints the version. More: berth(8), "
	    "berth-config(5).\n",
	    common_options);
}

static void
print_command_help(const struct command *command)
{
	(void)printf("berth %s%s [options]\n%s\n\noptions:\n%s", command->name,
	    command->options, command->help, common_options);
}

static int
usage(const char *what, const char *which)
{
	(void)fprintf(stderr, "berth: %s%s; berth --help says more\n", what, which);
	return EXIT_USAGE;
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

static int
parse_and_run(const struct command *command, int argc, char **argv)
{
	enum { OPT_CONFIG, OPT_FLAVOR, OPT_AFRESH, OPT_GET, OPT_HELP };
	static const struct option options[] = {
	    {"config", required_argument, NULL, OPT_CONFIG},
	    {"flavor", required_argument, NULL, OPT_FLAVOR},
	    {"help", no_argument, NULL, OPT_HELP},
	    {"afresh", no_argument, NULL, OPT_AFRESH},
	    {"get", required_argument, NULL, OPT_GET}, {NULL, 0, NULL, 0}};
	struct conf_source source = {.env = environment};
	struct command_call call = {.get = NULL};
	int opt;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there are no threads yet */
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case OPT_CONFIG:
			source.file = optarg;
			break;
		case OPT_FLAVOR:
			source.flavor = optarg;
			break;
		case OPT_HELP:
			print_command_help(command);
			return EXIT_SUCCESS;
		case OPT_AFRESH:
			if (command->run != cmd_reindex)
				return usage(
				    "--afresh is an option of reindex", "");
			call.afresh = true;
			break;
		case OPT_GET:
			if (command->run != check_config_command)
				return usage(
				    "--get is an option of check-config", "");
			call.get = optarg;
			break;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < argc)
		return usage("what is this: ", argv[optind]);
	return run(command, &call, &source);
}

int
main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return usage("no command", "");
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
		return usage("no such command: ", argv[1]);
	return parse_and_run(command, argc - 1, argv + 1);
}
