# One C text that holds every fault of a file: each function begins with a switch over TCPSPEC_MUTANT, with a copy of its body for each fault in it. So a file is compiled once and not once for
# each of its hundred faults. It runs nothing.
package Schemata;
use strict;
use warnings;
use Exporter 'import';
use Operators;
our @EXPORT = qw(schemata_text schemata_faults_of_lines schemata_chooser);

# The text of the object that reads the number of the fault from the environment; without one nothing is wrong.
sub schemata_chooser {
	return <<'END';
#include <stdlib.h>
int tcpspec_mutant;
__attribute__((constructor)) static void mutant_choose(void)
{
	const char *number = getenv("TCPSPEC_MUTANT");
	tcpspec_mutant = number ? atoi(number) : 0;
}
END
}

# text: of a C file. faults: of it, as `mutations` finds them, each with its number, from 1. Each copy of a body lies between two lines that name it, for schemata_faults_of_lines().
sub schemata_text {
	my ($text, @faults) = @_;
	my ($made, $done) = ("extern int tcpspec_mutant;\n", 0);
	for my $f (functions($text)) {
		my @inside = grep { $_->{from} > $f->{open} && $_->{to} <= $f->{close} } @faults;
		next if !@inside;
		$made .= substr($text, $done, $f->{open} + 1 - $done) . "\nswitch (tcpspec_mutant) {\n";
		for my $fault (@inside) {
			my $body = substr($text, $f->{open} + 1, $fault->{from} - $f->{open} - 1) . $fault->{with} . substr($text, $fault->{to}, $f->{close} - $fault->{to});
			$made .= "case $fault->{number}: { /* fault $fault->{number} */\n$body\n} " . ($f->{void} ? 'return;' : '__builtin_trap();') . "\n";
		}
		$made .= "}\n";
		$done = $f->{open} + 1;
	}
	return $made . substr($text, $done);
}

# In which faults' copies these lines of schemata_text() lie; 0 for one that lies in none.
sub schemata_faults_of_lines {
	my ($made, @lines) = @_;
	my ($number, @of) = (0);
	for (split /\n/, $made) {
		$number = $1 if m{^case \d+: \{ /\* fault (\d+) \*/$};
		push @of, $number;
		$number = 0 if /^\} (return|__builtin_trap\(\));$/;
	}
	return map { $of[ $_ - 1 ] // 0 } @lines;
}

1;
