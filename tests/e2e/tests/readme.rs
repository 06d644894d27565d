//! Ways to begin of README.md and `docs/getting-started.md`, run as they are printed. Two are files of the demo app,
//! which `cargo xtask test --only types` compares with the documents; the third is extracted from README.md. And the
//! code that the demo shows.

use anyhow::{Context, Result};
use e2e::{Browser, Www};
use serde_json::{Value, json};

use crate::scene::on_the_test_server;

/// Clicks the button of a page of the app. Returns the page's text when it says that it has paid.
async fn pay(page: &str) -> Result<String> {
    let url = format!("{}{page}", Www::from_env()?);
    Browser::lend(async |browser| {
        browser.goto(&url).await?;
        browser
            .eval(
                "const until = async condition => {
                     for (let i = 0; i < 400; i++) {
                         if (condition()) return;
                         await new Promise(resolve => setTimeout(resolve, 20));
                     }
                     throw new Error('the condition is still false after 8 s: ' + document.body.innerText);
                 };
                 const button = document.querySelector('button');
                 // Waits until React has hydrated the page.
                 if (location.pathname.startsWith('/checkout')) await until(() => Object.keys(button).some(key => key.startsWith('__reactProps')));
                 button.click();
                 await until(() => document.body.innerText.includes('Paid in'));
                 return document.body.innerText;",
                &[],
            )
            .await
    })
    .await
}

#[tokio::test]
async fn the_code_for_a_next_app_pays() -> Result<()> {
    let text = pay("/checkout").await?;
    assert!(text.trim().starts_with("Paid in ps_"), "{text}");
    Ok(())
}

#[tokio::test]
async fn the_code_for_any_page_pays() -> Result<()> {
    let text = pay("/pay.html").await?;
    assert!(text.contains("Paid in ps_"), "{text}");
    Ok(())
}

#[tokio::test]
async fn the_code_by_hand_prints_a_value_or_an_error() -> Result<()> {
    let readme = include_str!("../../../README.md");
    let (_, from) = readme.split_once("**By hand**").context("README.md has no section **By hand**")?;
    let code =
        from.split("```js\n").nth(1).and_then(|block| block.split("```").next()).context("the section **By hand** has no block of code")?;
    let module = format!("const id = '7f' + 'ab'.repeat(20);\n{code}\nwindow.over();");
    on_the_test_server("?load=module", async |page, server| {
        page.eval::<()>(
            "const map = document.createElement('script');
             map.type = 'importmap';
             map.textContent = JSON.stringify({ imports: { actionlane: '/pkg/index.js' } });
             document.head.append(map);",
        )
        .await?;
        let run = format!(
            "const printed = [];
             for (const to of ['log', 'error']) console[to] = (...values) => printed.push([to, ...values]);
             const script = document.createElement('script');
             script.type = 'module';
             script.textContent = {};
             const over = new Promise(resolve => (window.over = resolve));
             document.head.append(script);
             await over;
             return printed;",
            json!(module)
        );
        let printed: Value = page.eval(&run).await?;
        assert_eq!((&printed[0][0], printed.as_array().map(Vec::len)), (&json!("log"), Some(1)), "{printed}");
        server.misbehave("do=html502")?;
        let printed: Value = page.eval(&run).await?;
        assert_eq!(printed, json!([["error", "HTTP", "yes"]]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_code_that_the_demo_shows_for_next_pays() -> Result<()> {
    let text = pay("/checkout/imported").await?;
    assert!(text.trim().starts_with("Paid in ps_"), "{text}");
    Ok(())
}

/// The demo shows lines of files that are compiled with the app, and run by tests above.
#[tokio::test]
async fn the_demo_shows_code_that_runs() -> Result<()> {
    let url = format!("{}/", Www::from_env()?);
    Browser::lend(async |browser| {
        browser.goto(&url).await?;
        let shown: Vec<Vec<String>> = browser
            .eval(
                "return [...document.querySelectorAll('.codes figure')].map(figure => [...figure.querySelectorAll('code')].map(code => code.textContent))",
                &[],
            )
            .await?;
        let sources =
            [include_str!("../../../www/app/checkout/imported/page.tsx"), include_str!("../../../www/app/checkout/checkout.tsx")];
        assert_eq!(shown.len(), sources.len(), "{shown:?}");
        for (lines, source) in shown.iter().zip(sources) {
            assert_eq!(lines.len(), 2, "{lines:?}");
            for line in lines {
                assert!(source.lines().any(|of_source| of_source.trim() == line), "{line}");
            }
        }
        Ok(())
    })
    .await
}
