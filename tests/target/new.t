#!/usr/bin/perl
# `tcpspec target new`: what it writes can be read, compiled, loaded and started as it stands, nothing of it passes, and nothing that is there is written over.
use strict;
use warnings;
use lib 'tests/live';
use File::Basename qw(dirname);
use File::Spec ();
use File::Temp ();
use Live;
use Test::More;

my $room = File::Temp->newdir();
my $include = File::Spec->rel2abs(dirname(Live::command()) . '/include');
-e "$include/tcpspec/stack.h" or BAIL_OUT("$include/tcpspec/stack.h is not there: `make toys` puts it there");

sub run_of {
	my @words = @_;
	my $printed = `@{[join ' ', map { "'$_'" } Live::command(), @words]} 2>&1`;
	return ($printed, $? >> 8);
}

my ($printed, $code) = run_of('target', 'new', "$room/alone");
is($code, 0, 'a folder for a stack that is steered by lines') or diag($printed);
is_deeply([sort grep { !/^\./ } do { opendir(my $d, "$room/alone") or die; readdir $d }], [qw(known.tsv steer target.ini)], 'with what belongs into it');
ok(-x "$room/alone/steer", 'who steers can be started');
is(`printf 'can\\nversion\\nsend 1 00\\nquit\\n' | "$room/alone/steer"`, "ready 1 alone 0\nok listen find release abort unlisten version quit can\nok alone 0\nunsupported send is not written yet (1 00)\nok\n", 'and speaks');

($printed, $code) = run_of('target', 'new', "$room/alone");
is($code, 3, 'it is not written over');
like($printed, qr/alone: is there already, and is left as it is/, 'which is said');

($printed, $code) = run_of('target', 'new', '--so', "$room/library");
is($code, 0, 'a folder for a library');
is(`cd '$room/library' && cc -std=c17 -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -shared -fPIC -I'$include' -o liblibrary.so glue.c 2>&1`, '', 'its skeleton is compiled without a word');
($printed, $code) = run_of('run', '--quiet', '-t', "$room/library", 'matrix/closed/ack/*', 'handshake/figure-6/b');
is($code, 1, 'it is loaded, by the name of its folder, and fails');
like($printed, qr/^# .*: 0 passed, 2 FAIL/m, 'in everything: it does nothing') or diag($printed);

for my $bad ('', 'new', "$room/a b", 'x' x 32, "$room/nowhere/x") {
	($printed, $code) = run_of('target', 'new', $bad);
	like($code, qr/^[23]$/, "`$bad` is refused");
}

done_testing();
