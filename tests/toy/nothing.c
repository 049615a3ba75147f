/* A library that exports nothing of tcpspec/stack.h. */
int nothing(void);

int nothing(void)
{
	return 0;
}
