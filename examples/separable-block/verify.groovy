// Run by the tests of sepconv (mvn verify) on what the build of this example printed.
String log = new File(basedir, 'build.log').text
assert log.contains('output [1, 64, 112, 112] NCHW')
assert log =~ /relative difference from the engine plain (\d\.\de-(0[5-9]|\d\d)|0\.0e\+00)/
assert log =~ (System.getenv('TORNADOVM_HOME') ? /engine (tornado on .*: the best there is, an accelerator|simd on .*: no accelerator)/ : /engine simd on /)

// Again where Maven is told of JDK 25 in each way that a user may have it, the other Java of this machine, if any, first on the PATH.
String jdk = (log =~ /Toolchain in exec-maven-plugin: JDK\[(.+?)\]/)[0][1]
String path = System.getenv('PATH').split(File.pathSeparator).findAll { it != jdk + '/bin' }.join(File.pathSeparator)
String maven = System.getProperty('maven.home') + '/bin/mvn'
[
    'JAVA_HOME': ['JAVA_HOME': jdk, 'PATH': path],
    'PATH': ['PATH': jdk + '/bin' + File.pathSeparator + path],
    'merely installed': ['PATH': path],
].each { way, variables ->
    ProcessBuilder builder = new ProcessBuilder(maven, '-B', '-o', '-s', "${basedir}/../interpolated-settings.xml",
            "-Dmaven.repo.local=${localRepositoryPath}", 'compile', 'exec:exec').directory(basedir).redirectErrorStream(true)
    ['JAVA_HOME', 'JDK_JAVA_OPTIONS', 'JAVA_TOOL_OPTIONS', 'MAVEN_OPTS'].each { builder.environment().remove(it) }
    builder.environment().putAll(variables)
    Process process = builder.start()
    String said = process.inputStream.text
    assert process.waitFor() == 0 && said.contains('output [1, 64, 112, 112] NCHW') : "JDK 25 by ${way}:\n${said}"
}
return true
