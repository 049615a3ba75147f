/* `tcpspec model`: how much the reference model permits, and the state diagram that it draws. It decides nothing. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

static void edges_print(void)
{
	size_t count;
	const struct edge *edge = model_edges(&count);
	for (size_t i = 0; i < count; i++)
		printf("%s\t%s\t%s\t%s\n", state_name(edge[i].from), state_name(edge[i].to), edge[i].event, edge[i].action);
}

int command_model(int argc, char **argv)
{
	static const struct option known[] = {{"slack", no_argument, NULL, 's'}, {"edges", no_argument, NULL, 'e'}, {NULL, 0, NULL, 0}};
	bool slack = false, edges = false;
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option != 's' && option != 'e')
			return cli_usage("model");
		slack = slack || option == 's';
		edges = edges || option == 'e';
	}
	if (optind < argc || (!slack && !edges)) {
		cli_complain("model: expected --slack, --edges or both");
		return cli_usage("model");
	}
	int code = CODE_OK;
	if (edges)
		edges_print();
	if (slack) {
		cli_complain("model --slack: not yet there");
		code = CODE_UNUSABLE;
	}
	return cli_finish(code);
}
