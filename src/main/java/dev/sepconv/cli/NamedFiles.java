package dev.sepconv.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files for arrays, {@code NAME=FILE}; the name may be left out where there is one array. */
final class NamedFiles {

    private NamedFiles() {
    }

    /** Of {@code NAME=FILE} the name; empty where none is given. */
    static String name(String value) {
        return value.substring(0, Math.max(0, equalsSign(value)));
    }

    static Path file(String value) {
        return Path.of(value.substring(equalsSign(value) + 1));
    }

    /** A name of an array may have anything in it but this, and a file may have that too. */
    private static int equalsSign(String value) {
        return Files.exists(Path.of(value)) ? -1 : value.lastIndexOf('=');
    }

    /** Files by name; an empty name for the one that has none. */
    static Map<String, Path> of(CommandSpec spec, String option, List<String> values) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String value : values) {
            String name = name(value);
            if (files.put(name, file(value)) != null) {
                throw new ParameterException(spec.commandLine(),
                        name.isEmpty()
                                ? option + " is given twice without a name"
                                : "%s %s is given twice".formatted(option, name));
            }
        }
        return files;
    }
}
