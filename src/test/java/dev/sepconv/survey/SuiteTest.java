package dev.sepconv.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.cost.Cost;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteTest {

    @TempDir
    Path folder;

    private Suite file(String text) throws IOException {
        return Suite.of(Files.writeString(folder.resolve("suite"), text).toString(), List.of(),
                false);
    }

    private void refuses(String text, String sentence) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class,
                () -> file(text));
        assertEquals(folder.resolve("suite") + sentence, refusal.getMessage());
    }

    @Test
    void everyNamedSuiteHasLaddersAndEachWorkOnce() throws IOException {
        for (String name : Suite.NAMES) {
            for (boolean quick : new boolean[]{false, true}) {
                Suite suite = Suite.of(name, List.of(), quick);
                assertEquals(name, suite.name());
                Set<String> ids = new HashSet<>();
                suite.work().forEach(work -> assertTrue(ids.add(work.id()), work.id()));
                assertEquals(
                        name.equals("networks")
                                ? Set.of()
                                : Set.of("separable 64 to 64 channels",
                                        "standard 32 to 32 channels"),
                        suite.work().stream().filter(work -> work.ladder() != null)
                                .map(Work::ladder).collect(Collectors.toSet()));
            }
            assertTrue(Suite.of(name, List.of(), true).work().size() < Suite
                    .of(name, List.of(), false).work().size());
        }
        assertEquals(Set.of("standard", "grouped", "depthwise", "pointwise", "separable"),
                Suite.of("article", List.of(), true).work().stream().map(Work::variant)
                        .collect(Collectors.toSet()));
    }

    /** MobileNetV1's 4,231,976 parameters and 568.7 million multiply-adds are in its paper. */
    @Test
    void networksAreWorkToo() throws IOException {
        List<Work> work = Suite.of("networks", List.of(1, 2), false).work();
        assertEquals(
                List.of("mobilenet-v1 3x224x224 b1", "mobilenet-v1 3x224x224 b2",
                        "mobilenet-v2 3x224x224 b1", "mobilenet-v2 3x224x224 b2",
                        "alexnet 3x227x227 b1", "alexnet 3x227x227 b2"),
                work.stream().map(Work::id).toList());
        Work one = work.getFirst();
        assertEquals(1000, one.outChannels());
        assertEquals(568.7e6, one.flops() / 2.0, 1e6);
        assertEquals(4.23e6, one.bytes() / 4.0 - 3 * 224 * 224 - 1000, 3e4);
        assertEquals(2 * one.flops(), work.get(1).flops());
        Network network = Suite.network(work.get(1), new Random(1));
        assertEquals(Dims.of(2, 3, 224, 224), network.inputs().values().iterator().next());
        assertTrue(work.stream().allMatch(each -> Suite.isNetwork(each.variant())));
    }

    @Test
    void readsNetworks() throws IOException {
        Suite suite = file("mobilenet-v1:0.25 3x32x33 b4\nxception 3x71x71\n");
        assertEquals("2 networks", suite.pieces());
        assertEquals("1 convolution and 1 network",
                file("separable 4x6x6 8\nmobilenet-v1:0.25 3x32x33").pieces());
        assertEquals(List.of("mobilenet-v1:0.25 3x32x33 b4", "xception 3x71x71 b1"),
                suite.work().stream().map(Work::id).toList());
        String json = new ObjectMapper().writeValueAsString(
                new Survey(Survey.GENERATOR, 1, List.of("mine"), suite.work(), List.of()));
        assertEquals(suite.work(), file(json).work());
        refuses("mobilenet-v1 3x32x32 64",
                ", line 1: 'mobilenet-v1' is a network; only CHANNELSxHEIGHTxWIDTH and bN (batch) may stand behind it");
        refuses("mobilenet-v2 1x32x32", ", line 1: inChannels is 1; mobilenet-v2 has 3");
        refuses("mobilenet-v1 3x224x224 b500",
                ", line 1: it would take 2.84e+11 multiply-adds; at most 2e+11 are done, for the reference's sake");
    }

    @Test
    void mobilenetHasItsNineDifferentBlocks() throws IOException {
        List<Work> blocks = Suite.of("mobilenet-v1", List.of(), false).work().stream()
                .filter(work -> work.ladder() == null).toList();
        assertEquals(9, blocks.size());
        assertEquals("separable 32x112x112 s1 64 b1", blocks.getFirst().id());
        assertEquals("separable 1024x7x7 s1 1024 b1", blocks.getLast().id());
    }

    /** Counted by hand for one of them. */
    @Test
    void countsOperationsAndBytes() throws IOException {
        Work work = file("separable 4x6x6 8 s2").work().getFirst();
        long multiplyAdds = 4 * 9 * 9 + 4 * 8 * 9;
        assertEquals(2 * multiplyAdds, work.flops());
        assertEquals(4 * (4 * 36 + (4 * 9 + 4) + (4 * 8 + 8) + 8 * 9), work.bytes());
        for (Work each : Suite.of("article", List.of(2), false).work()) {
            assertEquals(Cost.of(Suite.layer(each), Suite.input(each)).flops(), each.flops(),
                    each.id());
        }
    }

    @Test
    void runsEveryWorkWithEachBatch() throws IOException {
        List<Work> work = Suite.of("article", List.of(1, 4), true).work();
        assertEquals(2 * Suite.of("article", List.of(), true).work().size(), work.size());
        assertTrue(
                work.stream()
                        .anyMatch(each -> each.id().equals("standard 32x8x8 s1 32 b4")
                                && each.batch() == 4
                                && each.ladder().equals("standard 32 to 32 channels b4")),
                work.toString());
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class,
                () -> Suite.of("article", List.of(1, 0), true));
        assertEquals("batch is 0; it must be at least 1", refusal.getMessage());
    }

    @Test
    void readsLines() throws IOException {
        Suite suite = file("""
                # what our network does most
                standard 3x224x224 32 s2
                grouped 96x27x27 256 k5 g2 b8   # AlexNet

                depthwise 32x112x112
                depthwise 8x10x10 16
                pointwise 32x112x112 64 nhwc
                separable 64x8x8 64 ladder=mine
                separable 64x8x8 64
                """);
        assertEquals(
                List.of("standard 3x224x224 s2 32 b1", "grouped 96x27x27 s1 256 k5 g2 b8",
                        "depthwise 32x112x112 s1 32 b1", "depthwise 8x10x10 s1 16 b1",
                        "pointwise 32x112x112 s1 64 b1 nhwc", "separable 64x8x8 s1 64 b1"),
                suite.work().stream().map(Work::id).toList());
        assertEquals(List.of(1, 2, 32, 8, 1, 1), suite.work().stream().map(Work::groups).toList());
        assertEquals("mine", suite.work().getLast().ladder());
    }

    /** Ids are lines; and what one survey has run, another can run again. */
    @Test
    void readsWhatItWrites() throws IOException {
        List<Work> work = Suite.of("article", List.of(1, 2), false).work();
        Suite lines = file(
                work.stream().map(each -> each.id() + (each.ladder() == null ? "" : " ladder=x"))
                        .collect(Collectors.joining("\n")));
        assertEquals(work.stream().map(Work::id).toList(),
                lines.work().stream().map(Work::id).toList());
        String json = new ObjectMapper().writeValueAsString(
                new Survey(Survey.GENERATOR, 1, List.of("article"), work, List.of()));
        assertEquals(work, file(json).work());
    }

    @Test
    void refusesWithFileAndLine() {
        refuses("\nstandart 3x8x8 4",
                ", line 2: variant is 'standart'; it must be one of standard, grouped, depthwise, pointwise, separable, or a network, one of mobilenet-v1, mobilenet-v2, xception, alexnet");
        refuses("standard",
                ", line 1: after the variant stands nothing; it must be CHANNELSxHEIGHTxWIDTH, such as 64x56x56");
        refuses("standard 8x8 3",
                ", line 1: after the variant stands '8x8'; it must be CHANNELSxHEIGHTxWIDTH, such as 64x56x56");
        refuses("standard 3x8x8", ", line 1: outChannels is missing");
        refuses("standard 3x8x8 4 5", ", line 1: outChannels is there twice");
        refuses("standard 3x8x8 4 z2",
                ", line 1: 'z2' is unknown; it must be a number of filters, sN (stride), kN (kernel), gN (groups), bN (batch), nchw, nhwc or ladder=NAME");
        refuses("grouped 4x8x8 4", ", line 1: groups is 1; a grouped convolution needs at least 2");
        refuses("pointwise 4x8x8 4 k3", ", line 1: kernel is 3; a pointwise convolution's is 1");
        refuses("standard 2048x512x512 2048",
                ", line 1: it would take 9.90e+12 multiply-adds; at most 2e+11 are done, for the reference's sake");
        refuses("# nothing", ": there is no convolution in it");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> file("grouped 4x8x8 4 g3"))
                .getMessage().startsWith(folder.resolve("suite") + ", line 1: "));
    }

    @Test
    void refusesJsonWithFileAndLine() {
        refuses("{\n\"work\": [\n{\"variant\": \"standard\",\n\"chanels\": 3}]}",
                ", line 4: there is no key 'chanels'; it must be one of variant, ladder, batch, inChannels, height, width, outChannels, kernel, stride, groups, layout");
        refuses("{\"work\": [\n{\"variant\": \"standard\", \"inChannels\": 3.5}]}",
                ", line 2: inChannels is 3.5; it must be a whole number");
        refuses("{\"work\": [\n{\"variant\": 3}]}", ", line 2: variant is 3; it must be a text");
        refuses("{\"work\": [\n\n{\"variant\": \"standard\", \"inChannels\": 3}]}",
                ", line 3: height is missing");
        refuses("{\"work\": [\n\"standard\"]}", ", line 2: each of work must be an object");
        refuses("{\"work\": 1}", ", line 1: work is no list");
        refuses("{\"wirk\": []}", ": it has no list 'work'");
        refuses("{\"work\": []}", ": there is no convolution in it");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> file("{\"work\": [\n{]}"))
                .getMessage().startsWith(folder.resolve("suite") + ", line 2: "));
    }

    @Test
    void refusesWhatIsNoSuite() {
        assertEquals(
                "suite is 'artikel'; it must be article, mobilenet-v1, networks or a file, and there is no such file",
                assertThrows(IllegalArgumentException.class,
                        () -> Suite.of("artikel", List.of(), false)).getMessage());
    }
}
