package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library is small, and runs with nothing but what comes with it. SnippetsTest runs the
 * documents' programs so, too.
 */
class LibraryArtifactTest {

    private static final int MOST_JARS = 3;
    private static final long MOST_BYTES = 2_000_000;

    @TempDir
    Path folder;

    @Test
    void aProgramGetsAtMostThreeJarsAndTwoMegabytes() throws IOException {
        List<Path> jars = new ArrayList<>(LibraryArtifact.dependencies());
        jars.add(LibraryArtifact.jar(folder.resolve("sepconv.jar")));
        long bytes = 0;
        for (Path jar : jars) {
            bytes += Files.size(jar);
        }
        System.out.printf("LibraryArtifactTest: %d jars, %d bytes: %s%n", jars.size(), bytes,
                jars.stream().map(Path::getFileName).toList());
        assertTrue(jars.size() <= MOST_JARS, jars.toString());
        assertTrue(bytes <= MOST_BYTES, bytes + " bytes in " + jars);
    }

    /** What the command line alone needs is in none of them. */
    @Test
    void theCommandLineIsNotAmongThem() throws Exception {
        String out = run(
                """
                        void main() {
                            for (String name : new String[]{"dev.sepconv.Sepconv", "dev.sepconv.cli.Main"}) {
                                try {
                                    Class.forName(name);
                                    System.out.println(name);
                                } catch (ClassNotFoundException e) {
                                    System.out.println("no " + e.getMessage());
                                }
                            }
                        }
                        """);
        assertEquals("dev.sepconv.Sepconv\nno dev.sepconv.cli.Main\n", out);
    }

    /**
     * No option for Java, so the engine is plain; and the example's whole way from a picture to
     * labels.
     */
    @Test
    void aLayerAndAnOnnxFileWithAPictureRunOnThem() throws Exception {
        String out = run("""
                import dev.sepconv.*;
                import dev.sepconv.picture.*;
                import java.nio.file.Path;

                void main() throws Exception {
                    Op.Convolve layer = Conv2d.depthwise(2, 1, 3)
                            .withWeights(ConvWeights.of(new float[18]));
                    try (Sepconv sepconv = Sepconv.open("plain");
                            Plan plan = sepconv.compile(layer, Shape.of(2, 5, 5))) {
                        Tensor output = plan.run(Tensor.zeros(plan.inputShape(), plan.layout()));
                        System.out.println(output.shape());
                    }
                    Path model = Path.of("model/stripes.onnx");
                    Network network = Sepconv.load(model);
                    ModelCard card = ModelCard.beside(model).orElseThrow();
                    try (Sepconv sepconv = Sepconv.open();
                            NetworkPlan plan = sepconv.compile(network)) {
                        NdArray picture = card.preparation().forInput(network.dims("picture"))
                                .toArray(Path.of("pictures/fence.png"));
                        System.out.println(TopK.of(plan.run(picture).data(), 2,
                                card.output("likely").labels()));
                    }
                }
                """);
        assertTrue(out.matches(
                "(?s)\\[1, 2, 3, 3]\n\\[ClassScore\\[index=1, label=lines down, score=0\\.9.*"),
                out);
    }

    /** A codec that isn't there is named as one adds it. */
    @Test
    void pictureOfAFormatThatNeedsAnotherJarNamesIt() throws Exception {
        Path webp = folder.resolve("x.webp");
        Files.write(webp, "RIFF\u001a\0\0\0WEBPVP8L".getBytes(StandardCharsets.ISO_8859_1));
        Path ppm = Files.writeString(folder.resolve("x.ppm"), "P6 1 1 255 abc");
        for (Path picture : List.of(webp, ppm)) {
            String codec = picture == webp ? "webp" : "pnm";
            String out = run("""
                    void main() throws Exception {
                        try {
                            dev.sepconv.io.Images.read(java.nio.file.Path.of("%s"), 100);
                        } catch (java.io.IOException e) {
                            System.out.println(e.getMessage());
                        }
                    }
                    """.formatted(picture));
            assertTrue(out.matches(
                    "picture [^\n]+; to read it, add the dependency com.twelvemonkeys.imageio:imageio-"
                            + codec + ":\\d+\\.\\d+\\.\\d+ to your program\n"),
                    out);
            assertInThePom(out);
        }
    }

    /** What can do more than the library's jars allow says which are missing. */
    @Test
    void whatNeedsMoreSaysSo() throws Exception {
        String out = run(
                """
                        import dev.sepconv.*;

                        void main() throws Exception {
                            try {
                                dev.sepconv.decouple.Decoupling.of(Conv2d.of(2, 3, 3), ConvWeights.of(new float[54]));
                            } catch (UnsupportedOperationException e) {
                                System.out.println(e.getMessage());
                            }
                            try {
                                dev.sepconv.io.onnx.OnnxEditor.separate(java.nio.file.Path.of("model/stripes.onnx"), java.util.Map.of(),
                                        java.nio.file.Path.of("model/x.onnx"));
                            } catch (UnsupportedOperationException e) {
                                System.out.println(e.getMessage());
                            }
                        }
                        """);
        assertTrue(
                out.matches("taking convolutions apart needs [^\n]*org.ejml:ejml-ddense:[^\n]+\n"
                        + "writing ONNX models needs [^\n]*org.tribuo:tribuo-util-onnx:[^\n]+\n"),
                out);
        assertInThePom(out);
    }

    /** What messages tell a program to add is what the build has. */
    private static void assertInThePom(String message) throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        List<String> named = Pattern.compile("[\\w.]+:[\\w-]+:\\d+\\.\\d+\\.\\d+").matcher(message)
                .results().map(MatchResult::group).toList();
        assertFalse(named.isEmpty(), message);
        for (String coordinates : named) {
            String[] parts = coordinates.split(":");
            assertTrue(Pattern.compile(
                    "<groupId>%s</groupId>\\s*<artifactId>%s</artifactId>\\s*<version>%s</version>"
                            .formatted((Object[]) parts))
                    .matcher(pom).find(), coordinates);
        }
    }

    /**
     * What a program printed, in the example's folder, with the library's jars alone and no option.
     */
    private String run(String program) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("Program.java"), program);
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--class-path",
                LibraryArtifact.classPath(LibraryArtifact.jar(folder.resolve("sepconv.jar"))),
                source.toAbsolutePath().toString())
                .directory(Path.of("examples/onnx-pictures").toFile()).redirectError(err.toFile());
        builder.environment().keySet()
                .removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> {
            try {
                return Files.readString(err);
            } catch (IOException e) {
                return e.toString();
            }
        });
        return out;
    }
}
