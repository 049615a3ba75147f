#!/usr/bin/perl
# The mutation tools on a tree of their own, with a stack of one function and a suite of three questions: deaths are told apart, and a survivor, a stale line, a patch that no longer applies make them
# fail. The reference stack itself has no part in it.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use File::Temp;
use FindBin;
use Test::More;
use lib $FindBin::Bin;
use Operators;
use Schemata;

my $tools = abs_path($FindBin::Bin);
my $tree = File::Temp->newdir;

sub put {
	my ($file, $text) = @_;
	make_path("$tree/$file" =~ s{/[^/]*$}{}r);
	open(my $out, '>', "$tree/$file") or die "$file: $!";
	print $out $text;
	close $out or die $!;
	return;
}

# The tool's exit code and what it printed, in that tree.
sub tool {
	my ($name, @words) = @_;
	local %ENV = (%ENV, BUILD => "$tree/build", STACK_SOURCES => 'targets/reference/least.c', TCPSPEC => "$tree/suite.sh", CC => 'gcc', JOBS => 2);
	my $pid = open(my $from, '-|') // die "fork: $!";
	if (!$pid) {
		chdir $tree or die $!;
		open(STDERR, '>', "$tree/told") or die $!;
		exec('perl', "$tools/$name.pl", @words) or die $!;
	}
	my $said = do { local $/; <$from> } // '';
	close $from;
	return ($? >> 8, $said);
}

sub patch_put {
	my ($name, $head, $was, $is) = @_;
	put("targets/reference/mutants/$name.patch", "$head\n\n--- a/targets/reference/least.c\n+++ b/targets/reference/least.c\n\@\@ -3 +3 \@\@\n-\t$was\n+\t$is\n");
	return;
}

put('targets/reference/target.ini', "[target]\nkind = stack\nlibrary = libtcpspec-reference.so\n");
put('targets/reference/least.c', "volatile int told; int least(int a, int b)\n{\n\tif (a < b)\n\t\treturn told = b, a;\n\treturn b;\n}\n");
put('suite/order/least-first.ladder', "# The lesser comes first\n");
put("suite/order/never-asked-$_.ladder", "# Nobody asks $_\n") for 1 .. 4;
# The suite: the first question can be seen by a ladder, the second by a cell.
put('suite.c', <<'C');
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	void *library = dlopen(argv[1], RTLD_NOW);
	int (*least)(int, int) = library ? (int (*)(int, int))dlsym(library, "least") : 0;
	if (!least)
		return 3;
	int first = least(1, 2) != 1, second = least(2, 1) != 1;
	if (strcmp(argv[argc - 1], "--all") && strcmp(argv[argc - 1], "matrix/order/*"))
		return 0;
	printf("1..2\n%s 1 - order/least-first/a/v4\n%s 2 - matrix/order/v4\n", first ? "not ok" : "ok", second ? "not ok" : "ok");
	return first || second;
}
C
put('suite.sh', "#!/bin/sh\n# run -t DESCRIPTOR ...\n[ \"\$1\" = requirements ] && printf 'O-1\\torder/least-first/a\\nO-2\\tmatrix/order/*\\n' && exit\nlibrary=\$(sed -n 's/^library *= *//p' \"\$3\")\nexec '$tree/play' \"\$library\" \"\$@\"\n");
chmod 0755, "$tree/suite.sh";
system('gcc', '-o', "$tree/play", "$tree/suite.c", '-ldl') == 0 or die 'the suite of the test does not compile';

sub catalogue_put {
	put('suite/requirements.tsv', join '', map { join("\t", @$_, ('') x 6, 'wire', '', '') . "\n" } ['id'], map { [$_] } @_);
	return;
}
catalogue_put();

# What places the operators find.
my @faults = map { "$_->{before} -> $_->{after}" } mutations(<<'C');
static const int table[] = {1, 2};
static bool told(struct tcb *t, uint32_t ack)
{
	uint8_t octets[20];
	/* a < b */
	if (seq_lt(t->una, ack) && t->state == LAST_ACK)
		t->left -= 2;
	else if (ack)
		put(CTL_FIN | CTL_ACK);
	return true;
}
C
is_deeply(\@faults, [
	map { $_->[0] . ' -> ' . $_->[1] } (
		(map { ['if (seq_lt(t->una, ack) && t->state == LAST_ACK)', $_] } 'if (!(seq_lt(t->una, ack) && t->state == LAST_ACK))', 'if (seq_le(t->una, ack) && t->state == LAST_ACK)', 'if (!seq_lt(t->una, ack) && t->state == LAST_ACK)', 'if (seq_lt(t->una, ack) || t->state == LAST_ACK)', 'if (seq_lt(t->una, ack) && t->state != LAST_ACK)', 'if (seq_lt(t->una, ack) && t->state == TIME_WAIT)'),
		(map { ['t->left -= 2;', $_] } ';', 't->left += 2;', 't->left -= 3;', 't->left -= 1;'),
		['else if (ack)', 'else if (!(ack))'],
		(map { ['put(CTL_FIN | CTL_ACK);', $_] } ';', 'put(CTL_SYN | CTL_ACK);', 'put(CTL_FIN );', 'put(CTL_ACK);', 'put(CTL_FIN | CTL_URG);'),
		['return true;', 'return false;'],
	)
], 'comparison, sequence comparison, condition, number, statement, flag; no comment, table, bound of an array or last return') or diag explain \@faults;

# Patches.
patch_put('turned', "The greater comes first\nclause: 1", 'if (a < b)', 'if (a > b)');
patch_put('always-first', "The first comes first\nclause: 1", 'if (a < b)', 'if (a != b)');
patch_put('crash', "It reads what is not there\nclause: 2", 'if (a < b)', 'if (*(volatile int *)8)');
patch_put('endless', "It never answers\nclause: 2", 'if (a < b)', 'for (volatile int i = 0; !i;) ;');
patch_put('same', "Equal ones come in their order\nclause: 3\nequivalent: equal numbers are one number", 'if (a < b)', 'if (a <= b)');
my ($code, $said) = tool('patches');
is($code, 0, "patches: all are killed or explained") or diag $said, `cat $tree/told`;
like($said, qr/5 mutants: 4 killed \(2 by a FAIL, 1 crash, 1 hang, 0 refused\), 1 equivalent, 0 wrong/, 'deaths are told apart') or diag $said;
unlink "$tree/targets/reference/mutants/endless.patch"; # it takes the seconds that it may, time and again
open(my $in, '<', "$tree/build/mutants/kills.tsv") or die $!;
my %row = map { (split /\t/)[0] => $_ } <$in>;
is($row{'always-first'}, "always-first\tThe first comes first\t1\tfail\tmatrix/order/v4\t0\t1\tladders and base\n", 'the first killer, and how many ladders and cells');
open($in, '<', "$tree/build/mutants/idle.tsv") or die $!;
is_deeply([<$in>], ["ladder\tquestion\n", map { "order/never-asked-$_\tNobody asks $_\n" } 1 .. 4], 'a ladder that kills nothing is named');

# Proofs. The first row's own ladder fails on the mutant of that row; the second's cells do, which are played for it.
sub row {
	my ($file) = @_;
	open(my $from, '<', "$tree/$file") or die "$file: $!";
	return [grep { !/^#/ } <$from>];
}
catalogue_put(qw(O-1 O-2));
patch_put('turned', "The greater comes first\nclause: 1\nrule: O-1", 'if (a < b)', 'if (a > b)');
($code, $said) = tool('patches');
is($code, 1, 'a row that no patch breaks fails');
like($said, qr/1 of 2 requirements that can be seen and are not excused are proved\..*FAILED: .*proofs.tsv: O-1 is proved, and stands not there.*FAILED: 1 requirements are neither proved nor excused/s, 'so does a proof that is not written down') or diag $said;
like(row('build/mutants/unproved.tsv')->[1], qr/^O-2\tno patch breaks it\tpassed: matrix.order/, 'and its tests are named');
patch_put('always-first', "The first comes first\nclause: 1\nrule: O-1, O-2", 'if (a < b)', 'if (a != b)');
($code, $said) = tool('patches', 'always-first');
is($code, 0, 'a single patch need not prove everything');
like(join('', @{ row('told') }), qr/O-1 not proved: passed: order.least-first.a\n\tO-2 proved by matrix.order.v4/, 'but says what it proves') or diag @{ row('told') };
($code, $said) = tool('patches', '--proofs');
is($code, 0, 'all rows are proved') or diag $said;
is_deeply(row('targets/reference/mutants/proofs.tsv'), ["O-1\torder/least-first/a/v4\tturned\n", "O-2\tmatrix/order/v4\talways-first\n"], 'and it is written down');
put('targets/reference/mutants/proofs.tsv', "O-1\torder/least-first/a/v4\tturned\nO-2\tmatrix/order/v4\talways-first\nO-1\torder/least-first/a/v6\tturned\nO-1\torder/least-first/a/v4\tgone\n");
($code, $said) = tool('patches');
like($said, qr/FAILED: .*O-1 is no longer proved by order.least-first.a.v6 on turned/, 'a line that does not hold any more is stale') or diag $said;
like($said, qr/FAILED: .*there is no mutant gone any more/, 'so is one of a mutant that is gone');
put('doc/not-tested.tsv', "O-2\tnobody asks\n");
put('targets/reference/mutants/proofs.tsv', "O-1\torder/least-first/a/v4\tturned\n");
patch_put('always-first', "The first comes first\nclause: 1", 'if (a < b)', 'if (a != b)');
($code, $said) = tool('patches');
is($code, 0, 'a row that is excused need not be proved') or diag $said;
patch_put('turned', "The greater comes first\nclause: 1\nrule: O-3", 'if (a < b)', 'if (a > b)');
($code, $said) = tool('patches', '--list');
isnt($code, 0, 'a rule that the catalogue has not is refused');
patch_put('turned', "The greater comes first\nclause: 1\nrule: O-1", 'if (a < b)', 'if (a > b)');

put('targets/reference/mutants/same.patch', "Equal ones come in their order\nclause: 3\n\n--- a/targets/reference/least.c\n+++ b/targets/reference/least.c\n\@\@ -3 +3 \@\@\n-\tif (a < b)\n+\tif (a <= b)\n");
($code, $said) = tool('patches');
is($code, 1, 'an unexplained survivor fails');
like($said, qr{FAILED: targets/reference/mutants/same.patch: survived}, 'and is named');
patch_put('same', "The greater comes first\nclause: 1\nequivalent: I think", 'if (a < b)', 'if (a > b)');
($code, $said) = tool('patches', 'same');
like($said, qr/is called equivalent, but fail \(order/, 'so does one that is called equivalent and is killed');
patch_put('same', "Something else\nclause: 1", 'if (a <  b)', 'if (a > b)');
($code, $said) = tool('patches', '--list');
like($said, qr{^not ok 3 - targets/reference/mutants/same.patch applies$}m, '--list names the patch that does not apply');
is($code, 1, 'and fails');
patch_put('same', "No clause", 'if (a < b)', 'if (a > b)');
($code, $said) = tool('patches', '--list');
isnt($code, 0, 'a patch without a clause is refused');

# Generated faults: `<` gives `<=`, which is equivalent and survives, and `>=`; `return a;` gives none.
put('targets/reference/mutants/generated.files', "targets/reference/least.c\n");
($code, $said) = tool('generated', '--list');
is($said, "targets/reference/least.c:3: if (a < b) -> if (a <= b)\ntargets/reference/least.c:3: if (a < b) -> if (a >= b)\ntargets/reference/least.c:4: return told = b, a; -> ;\n", 'generated: the list');
($code, $said) = tool('generated');
is($code, 1, 'a survivor without a reason fails');
like($said, qr/FAILED: targets.reference.least.c:3: if \(a < b\) -> if \(a <= b\): survived/, 'and is named') or diag $said;
my $line = "targets/reference/least.c\tleast\tif (a < b)\tif (a <= b)\tequal numbers are one number\n";
put('targets/reference/mutants/survivors.tsv', $line);
($code, $said) = tool('generated');
like($said, qr/^3 faults: .* of 3 others 2 killed \(66.7 %/, 'with a reason only the score is wrong') or diag $said;
unlike($said, qr/survived, and|stale/, 'the reason is taken');
put('targets/reference/mutants/survivors.tsv', $line . $line =~ s/<=/>=/r);
($code, $said) = tool('generated');
like($said, qr/stale: .*a >= b/, 'a line that excuses nothing is stale');

# A file with all its faults: one that does not compile is found by the lines of the messages, and left out.
my $source = "int zero;\nvoid none(void)\n{\n\tzero = 0;\n}\nconst char *least(int a)\n{\n\treturn a < 2 ? \"{\" : 0;\n}\n";
is_deeply([map { "$_->{name} " . ($_->{void} ? 'void' : 'value') . ' ' . substr($source, $_->{open}, 1) . substr($source, $_->{close}, 1) } functions($source)], ['none void {}', 'least value {}'], 'the functions of a text');
my @all = mutations($source);
$all[$_]{number} = $_ + 1 for 0 .. $#all;
my $made = schemata_text($source, @all);
my ($at) = map { $_->{number} } grep { $_->{with} eq '>=' } @all;
my @lines = split /\n/, $made;
my ($line_of) = grep { $lines[ $_ - 1 ] =~ />= 2/ } 1 .. @lines;
is_deeply([schemata_faults_of_lines($made, $line_of, 1, scalar @lines)], [$at, 0, 0], 'the fault that a line of it belongs to');
put('targets/reference/least.c', "struct s { int a; }; struct s one; struct s *p = &one; volatile int told; int least(int a, int b)\n{\n\tif (a < b)\n\t\treturn told = b, a;\n\tp += told != told;\n\treturn p->a * 0 + b + (p - &one);\n}\n");
($code, $said) = tool('generated');
like($said, qr/faults: [1-9]\d* do not build/, 'what does not compile is counted, and hides nothing else') or diag $said;
like($said, qr/survived, and/, 'the rest is played');

# A stack that does not pass proves nothing.
put('targets/reference/least.c', "volatile int told; int least(int a, int b)\n{\n\tif (a > b)\n\t\treturn told = b, a;\n\treturn b;\n}\n");
($code, $said) = tool('generated');
isnt($code, 0, 'the unchanged stack must pass');
open($in, '<', "$tree/told") or die $!;
like(do { local $/; <$in> }, qr/the unchanged stack does not pass \(ladders and base: fail, first order.least-first.a.v4; 1 ladders, 1 cells\)/, 'and what it fails is said');
done_testing();
