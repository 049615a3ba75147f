# What the live tests share: running the command and reading its record. It holds no expectation.
package Live;
use strict;
use warnings;
use JSON::PP ();
use File::Temp ();
use Exporter 'import';
our @EXPORT = qw(play verdicts command);

sub command { return $ENV{TCPSPEC} // 'build/tcpspec' }

# Runs `tcpspec run` with these arguments. Returns the records (hash references), the exit code, and what it printed.
sub play {
	my @args = @_;
	my $file = File::Temp->new(SUFFIX => '.jsonl');
	my $pid = open(my $out, '-|') // die "fork: $!";
	if ($pid == 0) {
		open(STDERR, '>&', \*STDOUT) or die $!;
		exec(command(), 'run', '--json', $file->filename, @args) or die "exec: $!";
	}
	my $printed = do { local $/; <$out> };
	close $out;
	my $code = $? >> 8;
	open(my $in, '<', $file->filename) or die "$file: $!";
	my @records = map { JSON::PP::decode_json($_) } <$in>;
	return (\@records, $code, $printed);
}

# id => verdict.
sub verdicts {
	my ($records) = @_;
	return { map { $_->{id} => $_->{verdict} } grep { $_->{type} eq 'result' } @$records };
}

1;
