#!/usr/bin/perl
# The command itself does nothing undefined while it plays, fails, repeats and gives up: run it under the sanitizers (TCPSPEC_SAN names such a build). Predictions, which are most of it, are made
# for a sixteenth of the plays that the target is given nothing for, and a sixteenth of the others is played; CHECK_ALL=1: all.
use strict;
use warnings;
use lib 'tests/live';
use File::Temp ();
use Live;
use Test::More;

$ENV{TCPSPEC} = $ENV{TCPSPEC_SAN} // die "TCPSPEC_SAN: name a build with sanitizers\n";
my $room = File::Temp->newdir;
my @share = $ENV{CHECK_ALL} ? () : ('--shard', '1/16', '-t', target_without_gifts("$room"));
my @runs = (['--quick', $ENV{CHECK_ALL} ? () : ('--shard', '2/16')], ['--fault', 'delay-20ms', 'matrix/time-wait/*'], ['--quick', '--fault', 'last', '--predict', @share], ['--fault', 'mute', 'matrix/*'], ['--fault', 'busy', 'matrix/established/*'], ['--fault', 'stall', 'matrix/fin-wait-1/*']);
for my $run (@runs) {
	my ($records, $code, $printed) = play(@$run);
	my @reports = $printed =~ /(.*(?:Sanitizer|runtime error).*)/g;
	ok($code <= 3 && !@reports, "run @$run: exit code $code, " . @$records . ' records');
	diag($_) for @reports;
	like($printed, qr/the target no longer answers: \d+ fences in a row were lost/, "run @$run: ends as soon as that is plain") if grep { $_ eq 'mute' } @$run;
	is($records->[-1]{type}, 'end', "run @$run: the record is whole") or diag($printed =~ s/(?s).*(.{2000})$/$1/r);
}
done_testing();
