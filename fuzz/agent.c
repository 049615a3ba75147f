/* libFuzzer harness of the agent: an input is a series of messages, each behind its length in two octets. It is no tester: nobody reads the answers.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -I. -o fuzz-agent fuzz/agent.c && unshare -rn ./fuzz-agent
 *
 * In a network namespace of its own, because the agent connects wherever a message says. */
#define AGENT_EMBEDDED
#include "targets/agent/tcpspec-agent.c"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	char why[300];
	struct agent *a = agent_open(NULL, 0x0105, why, sizeof why);

	while (a && n >= 2) {
		const size_t said = (size_t)octets[0] << 8 | octets[1], length = said < n - 2 ? said : n - 2;

		agent_message(a, octets + 2, length);
		octets += 2 + length;
		n -= 2 + length;
	}
	if (a)
		agent_close(a);
	return 0;
}
