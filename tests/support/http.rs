//! A person with a browser that shows nothing: pages, forms, cookies.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, ClientBuilder, Response, StatusCode, header::CONTENT_TYPE, multipart};

use crate::form::Form;

/// Somebody who looks at the pages of one address.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    address: String,
}

/// A page as it arrived, after redirects.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Path and query it was found at in the end.
    pub path: String,
    /// What kind it says it is.
    pub content_type: String,
    /// Its text.
    pub text: String,
}

/// A file to hand in: the field's name, the file's name, its bytes.
pub type Upload<'a> = (&'a str, &'a str, &'a [u8]);

impl Visitor {
    /// A visitor without cookies yet.
    pub fn new(address: impl Into<String>) -> Result<Self> {
        // No connection is kept: tests kill servers, and a request must not go to the one that is gone.
        // Nothing here is opened by TLS; to read the system's certificates each time would take longer than the test.
        let client = client().tls_certs_only([]).cookie_store(true).pool_max_idle_per_host(0).build()?;
        Ok(Self { client, address: address.into() })
    }

    /// Opens a page, whatever it answers.
    pub async fn open(&self, path: &str) -> Result<Page> {
        page(self.client.get(format!("{}{path}", self.address)).send().await?).await
    }

    /// Opens a page that must be there.
    pub async fn see(&self, path: &str) -> Result<Page> {
        let page = self.open(path).await?;
        ensure!(page.status.is_success(), "GET {path}: {}\n{}", page.status, page.text);
        Ok(page)
    }

    /// Downloads a file that must be there.
    pub async fn download(&self, path: &str) -> Result<Vec<u8>> {
        let response = self.client.get(format!("{}{path}", self.address)).send().await?.error_for_status()?;
        Ok(response.bytes().await?.to_vec())
    }

    /// Sends a form as it is, whatever is answered.
    pub async fn send(&self, form: &Form) -> Result<Page> {
        self.send_with(form, None).await
    }

    /// Sends a form with a file, whatever is answered.
    pub async fn send_with(&self, form: &Form, upload: Option<Upload<'_>>) -> Result<Page> {
        let request = self.client.post(format!("{}{}", self.address, form.action));
        // What a browser says of a form that comes from the same site.
        let request = request.header("origin", &self.address).header("sec-fetch-site", "same-origin");
        let request = if form.multipart {
            let mut parts = multipart::Form::new();
            for (name, value) in form.fields.clone() {
                parts = parts.text(name, value);
            }
            if let Some((field, name, bytes)) = upload {
                let part = multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
                parts = parts.part(field.to_owned(), part);
            }
            request.multipart(parts)
        } else {
            request.form(&form.fields)
        };
        page(request.send().await?).await
    }

    /// Opens a page, fills in the form that goes to `action`, and sends it; it must be accepted.
    pub async fn fill(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let seen = self.see(path).await?;
        let form =
            fields.iter().fold(Form::to(&seen.text, action)?, |form, (name, value)| form.with(name, value));
        let answer = self.send(&form).await?;
        ensure!(answer.status.is_success(), "POST {action}: {}\n{}", answer.status, answer.text);
        Ok(answer)
    }

    /// The same with a file.
    pub async fn hand_in(&self, path: &str, action: &str, upload: Upload<'_>) -> Result<Page> {
        let seen = self.see(path).await?;
        let answer = self.send_with(&Form::to(&seen.text, action)?, Some(upload)).await?;
        ensure!(answer.status.is_success(), "POST {action}: {}\n{}", answer.status, answer.text);
        Ok(answer)
    }
}

/// A client to be built, without a proxy.
pub fn client() -> ClientBuilder {
    // It may be built to speak TLS, and then wants to know how. If somebody has said so before, it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}

async fn page(response: Response) -> Result<Page> {
    let url = response.url();
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let content_type = kind.unwrap_or_default().to_owned();
    let status = response.status();
    let text = response.text().await.with_context(|| format!("{path} cannot be read"))?;
    Ok(Page { status, path, content_type, text })
}
