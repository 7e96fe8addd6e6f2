package io.loadonce.house;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Every version is a literal and stands once, in the parent. A POM without a parent is a project of
 * its own and has its own versions.
 */
final class PomRules {

  private static final Pattern MOVING =
      Pattern.compile(".*(LATEST|RELEASE|SNAPSHOT|[\\[(,)\\]]).*", Pattern.DOTALL);

  /** How a module names the version of all modules. */
  private static final String OURS = "${project.version}";

  private PomRules() {}

  static TidyRule unpinnedVersions() {
    return new TidyRule(
        "version that is not pinned in the parent",
        SourceFile::isPom,
        (poms, tree) -> {
          Set<String> pinned = new HashSet<>();
          poms.stream().filter(PomRules::isParent).forEach(pom -> pinned.addAll(pinned(pom)));
          List<String> found = new ArrayList<>();
          for (SourceFile pom : poms) {
            searchPlugins(pom, pinned, found);
            searchVersions(pom, found);
          }
          return found;
        });
  }

  private static void searchPlugins(SourceFile pom, Set<String> pinned, List<String> found) {
    Set<String> own = isModule(pom) ? Set.of() : pinned(pom);
    for (Element plugin : elements(document(pom), "plugin")) {
      String name = child(plugin, "artifactId");
      if (!pinned.contains(name) && !own.contains(name)) {
        found.add(pom.path() + ": " + name + " has no version");
      }
    }
  }

  private static void searchVersions(SourceFile pom, List<String> found) {
    Document document = document(pom);
    for (String kind : List.of("plugin", "dependency", "path")) {
      for (Element element : elements(document, kind)) {
        String version = child(element, "version");
        if (!version.isEmpty() && !version.equals(OURS) && isModule(pom)) {
          found.add(pom.path() + ": " + child(element, "artifactId") + " has a version of its own");
        }
        addIfMoving(pom, version, found);
      }
    }
    for (Element properties : elements(document, "properties")) {
      elements(properties, "*").stream()
          .filter(property -> property.getNodeName().endsWith(".version"))
          .forEach(property -> addIfMoving(pom, property.getTextContent(), found));
    }
  }

  private static void addIfMoving(SourceFile pom, String version, List<String> found) {
    if (MOVING.matcher(version).matches()) {
      found.add(pom.path() + ": " + version + " moves");
    }
  }

  private static Set<String> pinned(SourceFile parent) {
    return elements(document(parent), "plugin").stream()
        .filter(plugin -> !child(plugin, "version").isEmpty())
        .map(plugin -> child(plugin, "artifactId"))
        .collect(Collectors.toSet());
  }

  private static boolean isParent(SourceFile pom) {
    return pom.module().isEmpty();
  }

  private static boolean isModule(SourceFile pom) {
    return !elements(document(pom), "parent").isEmpty();
  }

  private static List<Element> elements(Document document, String name) {
    return elements(document.getDocumentElement(), name);
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList nodes = parent.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /** The text of the child {@code name}; empty if there is none. */
  private static String child(Element element, String name) {
    NodeList children = element.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i).getNodeName().equals(name)) {
        return children.item(i).getTextContent().strip();
      }
    }
    return "";
  }

  private static Document document(SourceFile pom) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(pom.text())));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalStateException(pom.path() + " cannot be parsed", e);
    }
  }
}
