package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a release needs is there, and what RELEASING.md asks for is not forgotten. */
class ReleaseTest {

    private static final Path POM = Path.of("pom.xml");

    private static String only(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), pattern);
        return matcher.group(1);
    }

    @Test
    void noDependencyOrPluginIsASnapshot() throws IOException {
        String pom = Files.readString(POM);
        String own = only("<artifactId>sepconv</artifactId>\\s*<version>(.+?)</version>", pom);
        List<String> versions = Pattern.compile("<version>(.+?)</version>").matcher(pom).results()
                .map(result -> result.group(1)).toList();
        assertTrue(versions.size() > 20, versions.toString());
        assertEquals(List.of(), versions.stream()
                .filter(each -> each.contains("SNAPSHOT") && !each.equals(own)).toList());
    }

    @Test
    void thePomHasWhatARepositoryAsksFor() throws IOException {
        String pom = Files.readString(POM);
        for (String element : List.of("name", "description", "url", "licenses", "developers", "scm",
                "project.build.outputTimestamp")) {
            assertTrue(pom.contains("<" + element + ">"), element);
        }
    }

    /** As long as it is a snapshot, nothing of this is asked for. */
    @Test
    void aReleaseHasAnAddressAndItsChanges() throws IOException {
        String pom = Files.readString(POM);
        String version = only("<artifactId>sepconv</artifactId>\\s*<version>(.+?)</version>", pom);
        assertEquals(List.of(), missing(version, pom, Files.readString(Path.of("CHANGELOG.md"))));
    }

    @Test
    void whatIsForgottenIsNoticed() {
        String pom = "<sepconv.home>https://example.org/sepconv</sepconv.home>";
        assertEquals(List.of("an address in sepconv.home", "a section 1.2.3 in CHANGELOG.md"),
                missing("1.2.3", pom, "## Unreleased\n"));
        assertEquals(List.of(), missing("1.2.3", "<sepconv.home>https://sepconv.dev</sepconv.home>",
                "## 1.2.3 - 2026-12-01\n"));
    }

    private static List<String> missing(String version, String pom, String changes) {
        List<String> missing = new ArrayList<>();
        if (!version.endsWith("-SNAPSHOT")) {
            if (pom.contains("https://example.org/")) {
                missing.add("an address in sepconv.home");
            }
            if (!changes.contains("## " + version + " - ")) {
                missing.add("a section %s in CHANGELOG.md".formatted(version));
            }
        }
        return missing;
    }

    /** What depends on it, and the documents, name the version that is built. */
    @Test
    void examplesAndDocumentsNameThisVersion() throws IOException {
        String version = only("<artifactId>sepconv</artifactId>\\s*<version>(.+?)</version>",
                Files.readString(POM));
        List<Path> files = new ArrayList<>(
                List.of(Path.of("README.md"), Path.of("docs/library.md")));
        try (Stream<Path> examples = Files.list(Path.of("examples"))) {
            examples.map(each -> each.resolve("pom.xml")).filter(Files::exists).forEach(files::add);
        }
        assertTrue(files.size() > 3, files.toString());
        for (Path file : files) {
            Pattern.compile("dev\\.sepconv:sepconv:([\\w.-]+\\w)|"
                    + "<artifactId>sepconv</artifactId>\\s*<version>(.+?)</version>")
                    .matcher(Files.readString(file)).results()
                    .forEach(found -> assertEquals(version,
                            found.group(1) == null ? found.group(2) : found.group(1),
                            file.toString()));
        }
    }

    /** THIRD-PARTY.md lists what Maven resolves, no more and no less. */
    @Test
    void everyLibraryOfOthersIsListedWithItsLicence() throws IOException {
        TreeSet<String> resolved = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("target/runtime-dependencies.txt"))) {
            Matcher matcher = Pattern.compile("\\s*([\\w.-]+:[\\w.-]+):jar:([\\w.-]+):compile:.*")
                    .matcher(line.replaceAll("\u001b\\[[0-9;]*m", ""));
            if (matcher.matches()) {
                resolved.add("%s %s %s".formatted(matcher.group(1), matcher.group(2),
                        line.contains("(optional)") ? "no" : "yes"));
            }
        }
        assertFalse(resolved.isEmpty());
        List<MatchResult> rows = Pattern
                .compile("(?m)^\\| `(\\S+)` \\| (\\S+) \\| ([^|]+) \\| (yes|no) \\|$")
                .matcher(Files.readString(Path.of("THIRD-PARTY.md"))).results().toList();
        TreeSet<String> listed = new TreeSet<>();
        for (MatchResult row : rows) {
            listed.add("%s %s %s".formatted(row.group(1), row.group(2), row.group(4)));
            // one that asks for more than a notice would be another decision
            assertTrue(List.of("Apache-2.0", "MIT", "BSD-3-Clause", "Public Domain")
                    .contains(row.group(3)), row.group());
        }
        assertEquals(resolved, listed);
    }
}
