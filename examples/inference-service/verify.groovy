// Run by the tests of sepconv (mvn verify) on what the build of this example printed.
String log = new File(basedir, 'build.log').text
assert log =~ /Tests run: [1-9]\d*, Failures: 0, Errors: 0, Skipped: 0/
assert log =~ /full, 4 clients +\d+\.\d a second; .* 0 of 100 refused/
return true
