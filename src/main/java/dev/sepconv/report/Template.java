package dev.sepconv.report;

import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;

/**
 * Fills a FreeMarker template that lies beside this class; those that end with {@code .ftlh} escape
 * all text for HTML.
 */
final class Template {

    private Template() {
    }

    /** The page as text; the template knows its model as {@code page}. */
    static String fill(String name, Object page) throws IOException {
        Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
        configuration.setClassForTemplateLoading(Template.class, "");
        configuration.setDefaultEncoding("UTF-8");
        configuration.setLocale(Locale.ROOT);
        configuration.setNumberFormat("computer");
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setLogTemplateExceptions(false);
        StringWriter html = new StringWriter();
        try {
            configuration.getTemplate(name).process(Map.of("page", page), html);
        } catch (TemplateException e) {
            throw new IllegalStateException(name + " does not fit its page: " + e.getMessage(), e);
        }
        return html.toString();
    }
}
