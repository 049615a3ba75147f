#!/usr/bin/perl
# Results that travel, against the live kernel: shards joined are the run, a run that is killed goes on, the JUnit file is clean. Verdicts are compared, never judged.
use strict;
use warnings;
use lib 'tests/live';
use Live;
use File::Temp ();
use JSON::XS ();
use Test::More;

my @selection = ('--quick', 'matrix/*', 'close/*', '-x', '*/v6');
my $dir = File::Temp->newdir;

sub lines_of {
	my ($file) = @_;
	open(my $in, '<', $file) or return ();
	my @lines = <$in>;
	return @lines;
}

sub records_of { return [map { JSON::XS::decode_json($_) } lines_of(@_)] }

my ($records, $code, $printed) = play(@selection, '--junit', "$dir/whole.xml");
my $want = verdicts($records);
is($code, 0, 'the run in one piece') or diag($printed);
is(system('xmllint', '--noout', '--nonet', '--schema', 'tests/reports/junit.xsd', "$dir/whole.xml") >> 8, 0, 'its JUnit file is clean, and valid by the schema');
is(scalar(grep { /<testcase / } lines_of("$dir/whole.xml")), scalar(keys %$want), 'with a testcase for each id');

# Shards.
for my $i (1 .. 3) {
	($code, $printed) = tcpspec('run', @selection, '--quiet', '--shard', "$i/3", '--json', "$dir/$i.json");
	is($code, 0, "shard $i of 3") or diag($printed);
}
($code, $printed) = tcpspec('merge', map("$dir/$_.json", 2, 3, 1), '--json', "$dir/joined.json");
is($code, 0, 'joined') or diag($printed);
is_deeply(verdicts(records_of("$dir/joined.json")), $want, 'all shards together have the verdicts of the whole');
like($printed, qr/^1\.\.@{[scalar keys %$want]}$/m, 'and are reported as one run');

# Each known line's count is that of the results which it excuses.
my ($end) = grep { $_->{type} eq 'end' } @{records_of("$dir/joined.json")};
my %excused;
$excused{$_->{known_at}}++ for grep { $_->{type} eq 'result' && $_->{verdict} eq 'KNOWN' } @$records;
is_deeply({map { $_->{at} => $_->{excused} } grep { $_->{excused} } @{$end->{known}}}, \%excused, 'each known line is counted');

# A run that is killed when the first 20 results were told: what the report tells is in the record.
my $file = "$dir/died.json";
my $pid = open(my $out, '-|') // die "fork: $!";
exec(command(), 'run', @selection, '--json', $file) or die "exec: $!" if $pid == 0;
my $told = 0;
while ($told < 20 && defined(my $line = <$out>)) { $told++ if $line =~ /^(not )?ok / }
kill 'KILL', $pid;
close $out;
my @died = lines_of($file);
pop @died if @died && $died[-1] !~ /\n\z/;
my @had = map { JSON::XS::decode_json($_) } @died;
cmp_ok(scalar(grep { $_->{type} eq 'result' } @had), '>=', 20, 'killed, it keeps what it had told');
SKIP: {
	skip 'the run had ended before it was killed', 3 if grep { $_->{type} eq 'end' } @had;
	($code, $printed) = tcpspec('run', @selection, '--quiet', '--resume', $file);
	is($code, 0, scalar(grep { $_->{type} eq 'result' } @had) . ' results when it was killed, resumed') or diag($printed);
	is_deeply(verdicts(records_of($file)), $want, 'has the verdicts of a run that was not');
	is(scalar(grep { $_->{type} eq 'result' } @{records_of($file)}), scalar(keys %$want), 'each of them once');
}

($code, $printed) = tcpspec('diff', "$dir/joined.json", $file);
is($code, 0, 'no result differs') or diag($printed);

# Nobody reads the report: it is told, and the record is a record still.
my $shell = join ' ', map { "'$_'" } command(), 'run', @selection, '--json', "$dir/unheard.json";
isnt(system('sh', '-c', "exec $shell >&- 2>/dev/null"), 0, 'with standard output closed the run fails');
is(scalar(grep { !/^\{.*\}$/ } lines_of("$dir/unheard.json")), 0, 'but no line of the report is in the record');
is_deeply(verdicts(records_of("$dir/unheard.json")), $want, 'which is whole');

done_testing();
