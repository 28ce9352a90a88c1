// Run by the tests of sepconv (mvn verify) on what the build of this example printed.
String log = new File(basedir, 'build.log').text
assert log.contains('output [1, 64, 112, 112] NCHW')
assert log =~ /relative error against float64 \d\.\de-0[5-9]/
assert log =~ (System.getenv('TORNADOVM_HOME') ? /engine (tornado on .*: the best there is, an accelerator|simd on .*: no accelerator)/ : /engine simd on /)
return true
