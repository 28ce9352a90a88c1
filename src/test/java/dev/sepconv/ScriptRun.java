package dev.sepconv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A command that was run with nothing in its environment but the path of programs.
 *
 * @param output stdout and stderr
 */
public record ScriptRun(int code, String output) {

    /** A script of the repository. */
    public static Path script(String name) {
        return Path.of(System.getProperty("sepconv.root", "."), "scripts", name);
    }

    public static ScriptRun of(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        String path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // Where these tests run with libjsig (pom.xml) that of JDK 17 says it of Java's own helper,
        // which starts the command.
        return new ScriptRun(process.waitFor(),
                output.replaceFirst("^OpenJDK VM warning: the use of signal\\(\\) and .*\\R", ""));
    }

    /** A script with arguments that spaces divide. */
    public static ScriptRun of(Path script, String arguments)
            throws IOException, InterruptedException {
        return of(arguments.isEmpty()
                ? List.of(script.toString())
                : List.of((script + " " + arguments).split(" ")));
    }
}
