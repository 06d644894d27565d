"use client";

import { chooseLocale } from "@/app/actions";
import { useLocale, useSession } from "@/components/providers";
import { duration, fill } from "@/lib/format";

const languages = [
  { locale: "en", name: "English" },
  { locale: "de", name: "Deutsch" },
];

/** Shows the order, the choice of a language, the story and its code. */
export function Intro({ delays }: { delays: { saveTokens: number; createPaymentSession: number } }) {
  const { locale, messages } = useLocale();
  const { order, amount, currency } = useSession();
  const intro = fill(messages.intro, {
    save: duration(delays.saveTokens, locale),
    create: duration(delays.createPaymentSession, locale),
  });

  return (
    <header className="intro">
      <div className="bar-top">
        <p>
          <b className="wordmark">actionlane</b>
          <span className="order">
            {fill(messages.order, { order })} · {amount.toLocaleString(locale, { style: "currency", currency })}
          </span>
        </p>
        <form action={chooseLocale} className="languages" aria-label={messages.language}>
          {languages.map((language) => (
            <button
              key={language.locale}
              name="locale"
              value={language.locale}
              lang={language.locale}
              aria-pressed={language.locale === locale}
            >
              {language.name}
            </button>
          ))}
        </form>
      </div>
      <h1>{messages.heading}</h1>
      <p className="lead">{intro}</p>
      <p className="what">
        {messages.what} <code>npm i actionlane</code>
      </p>
      <div className="codes">
        <figure>
          <figcaption>{messages.codeNext}</figcaption>
          <pre>
            <code>const saved = saveTokens(idToken, accessToken);</code>
            <code>
              const session = await createPaymentSession(
              <wbr />
              <span>amount, idToken</span>);
            </code>
          </pre>
        </figure>
        <figure>
          <figcaption>{messages.codeActionlane}</figcaption>
          <pre>
            <code>
              const saved = actions.call(refs.saveTokens, <span>[idToken, accessToken]);</span>
            </code>
            <code>
              const session = await actions.call(<wbr />
              <span>refs.createPaymentSession, [amount, idToken],</span> <mark>{'{ lane: "payment" }'}</mark>);
            </code>
          </pre>
        </figure>
      </div>
    </header>
  );
}
