// The form of the panel in which a reader asks a person; loaded when somebody wants one.

const WORDS = {
  en: {
    title: "Ask a person", message: "What should we know besides?", mail: "Your mail address, if you want an answer",
    note: "Your question and what we found go along. Leave passwords out. The address is passed on and not stored.",
    send: "Send", sending: "Sending …", back: "Never mind", sent: "A person has your message now.", silent: "You gave no address, so no answer can come.",
    lost: "It was not delivered. Nothing is lost: please send it again.", wrong: "This is no mail address. Correct it, or leave it empty.",
  },
  de: {
    title: "Einen Menschen fragen", message: "Was sollten wir noch wissen?", mail: "Ihre Mailadresse, wenn Sie eine Antwort möchten",
    note: "Ihre Frage und unsere Ergebnisse gehen mit. Bitte ohne Passwörter. Die Adresse geht weiter und wird nicht gespeichert.",
    send: "Senden", sending: "Wird gesendet …", back: "Doch nicht", sent: "Ein Mensch hat jetzt Ihre Nachricht.", silent: "Sie haben keine Adresse angegeben, darum kann keine Antwort kommen.",
    lost: "Die Nachricht kam nicht an. Nichts ist verloren: Bitte senden Sie sie noch einmal.", wrong: "Das ist keine Mailadresse. Bitte berichtigen oder leer lassen.",
  },
};

/** What the API takes of the answers that were seen. */
export const seen = (answers) => answers.map(({ question, answer }) => {
  const best = answer.known ? answer.causes.find((cause) => cause.verdict === "confirmed") ?? answer.causes.find((cause) => cause.verdict === "possible") : undefined;
  const solution = best?.solution ?? (answer.known ? answer.solutions[0]?.id : undefined) ?? null;
  return { question: question.slice(0, 2000), known: answer.known, solution, cause: best?.id ?? null, confirmed: best?.verdict === "confirmed" };
});

/** The form. `send(fields)` resolves when it is delivered, `say(text)` tells a screen reader. */
export function contactForm({ language, make, send, say, close }) {
  const words = WORDS[language] ?? WORDS.en;
  const field = (element) => {
    // The page's own shortcuts must not hear what is typed here.
    element.addEventListener("keydown", (event) => { if (event.key !== "Escape" && event.key !== "Tab") event.stopPropagation(); });
    return element;
  };
  const message = field(make("textarea", { rows: 3, maxlength: 10000 }));
  const mail = field(make("input", { type: "email", autocomplete: "email", maxlength: 254 }));
  const problem = make("p", { class: "notice", role: "alert" });
  const button = make("button", { type: "submit", class: "main" }, words.send);
  problem.hidden = true;
  const submit = async (event) => {
    event.preventDefault();
    if (!mail.checkValidity()) {
      problem.textContent = words.wrong;
      problem.hidden = false;
      mail.focus();
      return;
    }
    button.disabled = true;
    say(words.sending);
    try {
      await send({ message: message.value.trim(), reply_to: mail.value.trim() });
      const done = make("p", { class: "sum", tabindex: "-1" }, words.sent, mail.value.trim() ? "" : ` ${words.silent}`);
      form.replaceWith(done);
      done.focus();
      say(words.sent);
    } catch {
      problem.textContent = words.lost;
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  };
  const form = make("form", { class: "person", novalidate: true, "aria-label": words.title, onsubmit: submit },
    make("h4", {}, words.title),
    make("label", {}, words.message, message),
    make("label", {}, words.mail, mail),
    make("small", {}, words.note),
    problem,
    make("div", { class: "row" }, button, make("button", { type: "button", onclick: () => { form.remove(); close(); } }, words.back)));
  return { form, focus: () => message.focus() };
}
