package dev.sepconv.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of options for Java. Options of which Java itself is asked are left out. */
public final class ConfigAttack {

    private ConfigAttack() {
    }

    public static void on(byte[] input, Path folder) throws IOException {
        ConfigFile file = ConfigFile.read(Files.write(folder.resolve("options"), input));
        file.firstOfTornadoVM();
        ConfigFile ours = new ConfigFile(file.name(),
                file.options().stream().filter(option -> !option.text().startsWith("-X")).toList());
        try {
            for (String fault : ours.faults()) {
                if (!fault.startsWith(file.name() + " line ")) {
                    throw new AssertionError("a fault without its line: " + fault);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
