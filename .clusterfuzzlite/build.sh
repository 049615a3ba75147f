#!/bin/bash -eu
# ClusterFuzzLite builds what OSS-Fuzz does.
exec "$SRC/tcpspec/fuzz/oss-fuzz/build.sh"
