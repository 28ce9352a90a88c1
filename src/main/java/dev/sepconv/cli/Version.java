package dev.sepconv.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote beside this class, and the Java that runs it. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        }
        return new String[]{"sepconv " + properties.getProperty("version"),
                "Java %s (%s) on %s %s".formatted(Runtime.version(),
                        System.getProperty("java.vendor"), System.getProperty("os.name"),
                        System.getProperty("os.arch"))};
    }
}
