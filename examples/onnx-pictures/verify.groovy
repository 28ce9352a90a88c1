// Run by the tests of sepconv (mvn verify) on what the build of this example printed.
String log = new File(basedir, 'build.log').text
assert log =~ (System.getenv('TORNADOVM_HOME') ? /engine (tornado|simd) on / : /engine simd on /)
assert log.contains('fence.png: lines down (1.00)')
assert log.contains('sea.png: lines across (0.70)')
assert log.contains('sky.png: no lines (0.66)')
return true
